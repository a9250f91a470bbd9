/** The step against a scripted Auth and a database that answers with the rows of the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Json } from '../../../engine/plan.ts';
import type { SqlClient } from '../../../steps/_kits/sql/client.ts';
import type { PostgresClient } from '../../../steps/_targets/postgres/client.ts';
import { judgeRead } from '../../../steps/_targets/postgres/judge-read.ts';
import { supabase } from '../../../steps/_targets/supabase/target.ts';
import { acts as thrown } from '../../../steps/supabase-recovery-emails/acts.ts';
import { supabaseRecoveryEmails } from '../../../steps/supabase-recovery-emails/step.ts';
import { actContext, type TestContext } from '../../support/act-context.ts';
import { type FakeAuth, useFakeAuth } from '../../support/fake-auth.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';

const acts = withOutcomes(thrown);

type Row = { readonly [column: string]: Json };

/** Time that jumps: a rest of an hour takes no time, and is written down. */
export const jumpingClock = () => {
  let ahead = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => Date.now() + ahead,
    sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
      if (signal?.aborted) return;
      slept.push(ms);
      ahead += ms;
      await new Promise((next) => setImmediate(next));
    },
  };
};

export const database = (rows: () => readonly Row[]): SqlClient => {
  const client: Pick<SqlClient, 'open' | 'target' | 'judge' | 'unproven'> = {
    judge: judgeRead,
    unproven: async () => [],
    target: 'fresh',
    open: async () => ({
      id: '1',
      query: async () => ({ rows: rows(), rowCount: rows().length, affectedRows: 0 }),
      async *stream() {
        yield* [];
      },
      commit: async () => undefined,
      rollback: async () => true,
      close: async () => undefined,
      destroy: () => undefined,
    }),
  };
  return client as SqlClient;
};

export interface World {
  readonly auth: FakeAuth;
  readonly clock: ReturnType<typeof jumpingClock>;
  readonly ledgerDir: string;
  /** A context of the act; again with the same ledger, as a resumed run has it. */
  context(more?: { signal?: AbortSignal }): Promise<TestContext>;
  input(more?: Record<string, unknown>): ReturnType<typeof supabaseRecoveryEmails.input.parse>;
  rows: readonly Row[];
}

export const redirectTo = 'https://journal.example.test/auth/recovery';

export const useWorld = async (users: number): Promise<World> => {
  const auth = await useFakeAuth();
  auth.addUsers(users);
  const ledgerDir = join(mkdtempSync(join(tmpdir(), 'runbook-mailing-')), 'ledgers');
  onTestFinished(() => rmSync(join(ledgerDir, '..'), { recursive: true, force: true }));
  const clock = jumpingClock();
  const world: World = {
    auth,
    clock,
    ledgerDir,
    rows: [...auth.users.values()].map(({ email }, i) => ({ key: `ck${i}`, email })),
    async context(more = {}) {
      const client = await openClient('supabase', supabase, {
        url: auth.url,
        anon_key: auth.anonKey,
        service_role_key: auth.serviceRoleKey,
        timeout: '2s',
      });
      const clients = { supabase: client, postgres: database(() => world.rows) as PostgresClient };
      return { ...actContext({ clients, ledgerDir, ...more }), clock };
    },
    input: (more = {}) =>
      supabaseRecoveryEmails.input.parse({
        recipients: { target: 'fresh', sql: 'SELECT key, email FROM users' },
        expect_count: users,
        redirect_to: redirectTo,
        rate: { per_second: 1000 },
        ...more,
      }),
  };
  return world;
};

export const send = async (world: World, more: Record<string, unknown> = {}, signal?: AbortSignal) => {
  const ctx = await world.context(signal ? { signal } : {});
  const outcome = await acts.run(ctx, world.input(more), null);
  const probed = await acts.probe(ctx, world.input(more), null);
  return { outcome, probed, logged: ctx.logged(), reported: ctx.reported(), ctx };
};
