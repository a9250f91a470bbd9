/** One snapshot of each side, for all that is asked of it. */
import type { ActContext } from '../../engine/step.ts';
import '../_targets/mysql/client.ts';
import '../_targets/postgres/client.ts';
import type { SqlClient } from '../_targets/sql/client.ts';
import { SessionEnded, withSession } from '../_targets/sql/session.ts';
import type { Sessions } from './plan-table.ts';
import type { CompareInput } from './step.ts';

export interface Sides {
  readonly mysql: SqlClient;
  readonly postgres: SqlClient;
}

/** Throws TargetError. */
export const sidesOf = async (ctx: ActContext, { against }: CompareInput): Promise<Sides> => {
  const [mysql, postgres] = await Promise.all([ctx.connect('mysql'), ctx.connect('postgres', against)]);
  return { mysql, postgres };
};

// The server stops sending for as long as the other side is slower.
const mysqlSettings = ['SET SESSION net_write_timeout = 3600'];

const postgresSettings = [
  // Else the rows that a policy hides would silently be no rows; now they are a refusal.
  'SET LOCAL row_security = off',
  // Every digit of a double: a server can be set to show fewer.
  'SET LOCAL extra_float_digits = 1',
  // Our own time limit ends the session; this one waits while the other side works.
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  // Of a cursor, all rows are wanted.
  'SET LOCAL cursor_tuple_fraction = 1',
  // The id map is joined by a hash of it.
  "SET LOCAL work_mem = '64MB'",
];

/**
 * When one side fails, what the other one is at is ended too, and the failure is thrown. SessionEnded: the
 * signal fired, or the other side could not be proven ended.
 */
export const inSnapshots = async <T>(
  { mysql, postgres }: Sides,
  ctx: ActContext,
  work: (sessions: Sessions) => Promise<T>,
): Promise<T> => {
  const failing = new AbortController();
  const ending = { ...ctx, signal: AbortSignal.any([ctx.signal, failing.signal]) };
  let failed: { readonly error: unknown } | undefined;
  const guarded = async (sessions: Sessions): Promise<T> => {
    try {
      for (const setting of mysqlSettings) await sessions.mysql.query(setting, [], 0);
      for (const setting of postgresSettings) await sessions.postgres.query(setting, [], 0);
      return await work(sessions);
    } catch (error) {
      failed = { error };
      failing.abort('the other side failed');
      throw error;
    }
  };
  try {
    return await withSession(mysql, 'snapshot', ending, (here) =>
      withSession(postgres, 'snapshot', ending, (there) => guarded({ mysql: here, postgres: there })),
    );
  } catch (error) {
    const unproven = error instanceof SessionEnded && !error.proven;
    throw failed && !ctx.signal.aborted && !unproven ? failed.error : error;
  }
};
