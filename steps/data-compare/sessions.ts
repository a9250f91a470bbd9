/** One snapshot of each side, for all that is asked of it. */
import type { ActContext } from '../../engine/step.ts';
import '../_targets/mysql/client.ts';
import '../_targets/postgres/client.ts';
import type { SqlClient, SqlSession } from '../_kits/sql/client.ts';
import { assertSettings } from '../_kits/sql/own-session.ts';
import { SessionEnded, withSession } from '../_kits/sql/session.ts';
import type { Sessions } from './match-table.ts';
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

/**
 * What the statements mean and give must not be for a server to say: `sql_mode` pads CHARs and changes what text is,
 * `sql_auto_is_null` and a limit change which rows there are, and a system-versioned table can be shown as it was.
 * The comments are read by MySQL and by MariaDB only. The server stops sending for as long as the other side is slower.
 */
const mysqlSettings = `SET SESSION sql_mode = '', sql_auto_is_null = 0, sql_big_selects = 1, net_write_timeout = 3600
  /*!50708 , max_execution_time = 0 */ /*M!100304 , max_statement_time = 0, system_versioning_asof = DEFAULT */`;

const mysqlWanted = { sql_mode: '', sql_auto_is_null: 'OFF' };

const ownMysql = async ({ target }: SqlClient, session: SqlSession): Promise<void> => {
  await session.query(mysqlSettings);
  const { rows } = await session.query(
    "SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', 'sql_auto_is_null', 'system_versioning_asof')",
  );
  const found = Object.fromEntries(rows.map(({ Variable_name, Value }) => [String(Variable_name), Value]));
  // The default of a session is what the server has for all, which may be a day in the past.
  const now = found.system_versioning_asof === undefined ? {} : { system_versioning_asof: 'DEFAULT' };
  assertSettings(target, { ...mysqlWanted, ...now }, found);
};

const postgresSettings: Readonly<Record<string, string>> = {
  // Else the rows that a policy hides would silently be no rows; now they are a refusal.
  row_security: 'off',
  // An interval shows its hours as a TIME does.
  IntervalStyle: 'postgres',
  standard_conforming_strings: 'on',
  // Our own time limit ends the session; this one waits while the other side works.
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Of a cursor, all rows are wanted.
  cursor_tuple_fraction: '1',
  // The id map is joined by a hash of it.
  work_mem: '64MB',
};

/** The server's own operators come before any that the search path has. */
const ownFirst = `SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog', NULLIF(pg_catalog.current_setting('search_path'), '')), true)`;

const ownPostgres = async ({ target }: SqlClient, session: SqlSession): Promise<void> => {
  for (const [name, value] of Object.entries(postgresSettings))
    await session.query(`SET LOCAL ${name} = '${value}'`);
  await session.query(ownFirst);
  const looked = Object.keys(postgresSettings).map((name) => `current_setting('${name}') AS "${name}"`);
  const { rows } = await session.query(`SELECT ${looked.join(', ')}`);
  assertSettings(target, postgresSettings, rows[0] ?? {});
};

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
      await ownMysql(mysql, sessions.mysql);
      await ownPostgres(postgres, sessions.postgres);
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
