/** One snapshot of each side, for all that is asked of it. */
import type { ActContext } from '../../engine/step.ts';
import '../_targets/mysql/client.ts';
import '../_targets/postgres/client.ts';
import type { SqlClient, SqlSession } from '../_kits/sql/client.ts';
import { SessionEnded, withSession } from '../_kits/sql/session.ts';
import { mysqlServer } from './mysql-server.ts';
import { postgresServer } from './postgres-server.ts';
import type { CompareServer } from './server.ts';
import type { CompareInput } from './step.ts';

/** One side. `label`: for people. */
interface Known {
  readonly server: CompareServer;
  readonly label: string;
}

export interface Sides {
  readonly here: Known & { readonly client: SqlClient };
  readonly there: Known & { readonly client: SqlClient };
}

export interface Sessions {
  readonly here: Known & { readonly session: SqlSession };
  readonly there: Known & { readonly session: SqlSession };
}

const serverOf = ({ dialect }: SqlClient): CompareServer =>
  // Each side's plan is made of its own server's columns (seenFrom).
  (dialect === 'mysql' ? mysqlServer : postgresServer) as CompareServer;

/** Two of one kind are told apart by the names of their targets. */
export const asSides = (here: SqlClient, there: SqlClient): Sides => {
  const side = (client: SqlClient) => {
    const server = serverOf(client);
    return { client, server, label: here.dialect === there.dialect ? client.target : server.title };
  };
  return { here: side(here), there: side(there) };
};

/** Throws TargetError. */
export const sidesOf = async (ctx: ActContext, { against }: CompareInput): Promise<Sides> => {
  const kinds = ['mysql', 'postgres'] as const;
  const [here, there] = await Promise.all([ctx.connect(kinds), ctx.connect(kinds, against)]);
  return asSides(here, there);
};

/**
 * When one side fails, what the other one is at is ended too, and the failure is thrown. SessionEnded: the
 * signal fired, or the other side could not be proven ended.
 */
export const inSnapshots = async <T>(
  { here, there }: Sides,
  ctx: ActContext,
  work: (sessions: Sessions) => Promise<T>,
): Promise<T> => {
  const failing = new AbortController();
  const ending = { ...ctx, signal: AbortSignal.any([ctx.signal, failing.signal]) };
  let failed: { readonly error: unknown } | undefined;
  const guarded = async (sessions: Sessions): Promise<T> => {
    try {
      await here.server.settle(here.client.target, sessions.here.session);
      await there.server.settle(there.client.target, sessions.there.session);
      return await work(sessions);
    } catch (error) {
      failed = { error };
      failing.abort('the other side failed');
      throw error;
    }
  };
  try {
    return await withSession(here.client, 'snapshot', ending, (ours) =>
      withSession(there.client, 'snapshot', ending, (theirs) =>
        guarded({ here: { ...here, session: ours }, there: { ...there, session: theirs } }),
      ),
    );
  } catch (error) {
    const unproven = error instanceof SessionEnded && !error.proven;
    throw failed && !ctx.signal.aborted && !unproven ? failed.error : error;
  }
};
