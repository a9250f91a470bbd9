/**
 * kill -9 in the middle of a mailing, by the real command line against the lab's own Auth and inbox:
 * nobody gets two mails, nobody none, and what the kill left open is known or asked.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { Started } from '../engine/cli/command-line.ts';
import { supabaseConfig } from '../support/auth-users.ts';
import { useLab } from '../support/lab.ts';
import { type CliRun, useCliRun } from './cli-run.ts';

const lab = await useLab();
/** The team's own number is 620: RUNBOOK_MAILED=620. A rehearsal of the kills needs fewer. */
const people = Number(process.env.RUNBOOK_MAILED ?? 120);

/** As the migration would: rows of Auth's own table, all of one instant. */
const usePeople = async (): Promise<string> => {
  const domain = `${randomUUID().slice(0, 8)}.night.test`;
  const { host, port, adminUser: user, adminPassword: password, database } = lab.postgres;
  const client = new pg.Client({ host, port, user, password, database });
  await client.connect();
  await client.query(
    `INSERT INTO auth.users (instance_id, id, aud, role, email, email_confirmed_at, created_at, updated_at,
       confirmation_token, recovery_token, email_change, email_change_token_new, raw_app_meta_data, raw_user_meta_data)
     SELECT '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
       'u' || n || '@${domain}', now(), now(), now(), '', '', '', '', '{}', '{}'
     FROM generate_series(1, ${people}) n`,
  );
  onTestFinished(async () => {
    await client.query(`DELETE FROM auth.users WHERE email LIKE '%@${domain}'`);
    await client.end();
  });
  return domain;
};

/** Addresses that the catcher has a mail for, one entry a mail. */
const mailed = async (domain: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (;;) {
    const url = new URL(`/api/v1/messages?start=${found.length}&limit=1000`, lab.mail.inboxUrl);
    const { messages } = (await (await fetch(url)).json()) as { messages: { To: { Address: string }[] }[] };
    found.push(...messages.map(({ To }) => To[0]?.Address ?? ''));
    if (messages.length < 1000) return found.filter((address) => address.endsWith(domain));
  }
};

const mailing = (domain: string): CliRun => {
  const { host, port, adminUser: user, adminPassword, database } = lab.postgres;
  return useCliRun(
    lab,
    () => ({
      secrets: { pg: { env: 'PG_PASSWORD' }, service: { env: 'SERVICE_KEY' } },
      targets: {
        auth: {
          type: 'supabase',
          ...supabaseConfig(lab),
          service_role_key: '${{ secrets.service }}',
        },
        fresh: { type: 'postgres', host, port, user, database, password: '${{ secrets.pg }}' },
      },
      steps: [
        {
          id: 'mail-everybody',
          type: 'supabase.recovery-emails',
          target: 'auth',
          with: {
            recipients: {
              target: 'fresh',
              sql: `SELECT id AS key, email FROM auth.users WHERE email LIKE '%@${domain}' ORDER BY id`,
            },
            expect_count: people,
            redirect_to: `${lab.web.url}/auth/recovery`,
            rate: { per_second: 200 },
          },
          timeout: '10m',
          rollback: { undo: { none: 'a mail cannot be taken back' } },
        },
      ],
    }),
    { PG_PASSWORD: adminPassword, SERVICE_KEY: lab.supabase.serviceRoleKey },
  );
};

interface Item {
  readonly key: string;
  readonly value: { readonly email: string };
}

const unknownOf = async (night: CliRun): Promise<readonly Item[]> => {
  const { stdout } = await night.cli('ledger', 'latest', 'mail-everybody', '--state', 'unknown', '--json');
  return (JSON.parse(stdout) as { items: Item[] }).items;
};

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(dir, entry.name)) : [join(dir, entry.name)],
  );

/** How fast mails go out is Auth's business: only an engine that ended, or a mailing without progress, is a failure. */
const whenMailed = async (domain: string, count: number, engine: Started): Promise<void> => {
  let over = false;
  void engine.ended.then(() => {
    over = true;
  });
  for (let before = -1; before <= count && !over; ) {
    await expect
      .poll(async () => over || (await mailed(domain)).length > before, { timeout: 60_000, interval: 200 })
      .toBe(true);
    before = (await mailed(domain)).length;
  }
  expect(over, 'the engine has ended').toBe(false);
};

test('nobody gets two mails and nobody none', { timeout: 900_000 }, async () => {
  const domain = await usePeople();
  const night = mailing(domain);
  let engine = night.begin();
  for (const kills of [people / 4, (people * 2) / 3]) {
    await whenMailed(domain, kills, engine);
    engine.kill('SIGKILL');
    expect((await engine.ended).code).toBe(null);
    engine = night.resume();
  }
  const { code, stdout, stderr } = await engine.ended;
  const unknown = await unknownOf(night);
  expect(unknown.length, stderr).toBeLessThanOrEqual(2);
  if (unknown.length > 0) {
    // The kill fell between the claim and the call: a person checks, and records the outcome.
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`${unknown.length} unknown (`);
    const got = new Set(await mailed(domain));
    for (const { key, value } of unknown) {
      const as = got.has(value.email) ? 'sent' : 'unsent';
      const args = ['--settle', key, '--as', as, '--reason', 'looked into the inbox'];
      expect(await night.cli('ledger', 'latest', 'mail-everybody', ...args)).toMatchObject({ code: 0 });
    }
    expect(await night.cli('resume')).toMatchObject({ code: 0 });
  } else expect(code, stderr).toBe(0);

  const mails = await mailed(domain);
  expect(mails).toHaveLength(people);
  expect(new Set(mails).size).toBe(people);
  // Taken up, not begun anew: one list, and an output with counts only.
  const output = night.events().findLast((e) => e.type === 'act-finished')?.output;
  expect(output).toMatchObject({ planned: people, sent: people, failed: 0, unknown: 0 });

  for (const file of filesBelow(night.runDir())) {
    if (file.includes('/ledgers/')) expect(statSync(file).mode & 0o777).toBe(0o600);
    else {
      const text = readFileSync(file, 'utf8');
      expect(text.replaceAll(`%@${domain}`, '').includes(`@${domain}`), file).toBe(false);
      expect(text.includes(lab.supabase.serviceRoleKey), file).toBe(false);
      expect(text, file).not.toMatch(/access_token|token_hash/);
    }
  }
});
