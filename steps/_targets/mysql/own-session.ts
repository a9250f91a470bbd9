/**
 * What a session of any step relies on. The server may have other ideas: it can ignore the charset of the login
 * (skip-character-set-client-handshake), set one by init_connect, and cut every result short (sql_select_limit).
 */
import type { SqlMode, SqlResult } from '../../_kits/sql/client.ts';
import { assertSettings } from '../../_kits/sql/own-session.ts';

type Ask = (sql: string, keepRows: number) => Promise<SqlResult>;

const most = '18446744073709551615';

const settings = {
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_results: 'utf8mb4',
  time_zone: '+00:00',
  sql_select_limit: most,
};

const looked = `SELECT ${Object.keys(settings)
  .map((name) => `@@SESSION.${name} AS ${name}`)
  .join(', ')}`;

/** The servers name it differently, and some have both names. */
const isolation = "SHOW SESSION VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')";

/** Throws TargetError where a setting did not stay, SqlError and SessionLost. */
export const ownSession = async (target: string, mode: SqlMode, ask: Ask): Promise<void> => {
  await ask(
    `SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci, time_zone = '+00:00', sql_select_limit = ${most}`,
    0,
  );
  const { rows } = await ask(looked, 1);
  assertSettings(target, settings, rows[0] ?? {});
  // For the whole session, so that a procedure which commits does not get a writable transaction next.
  if (mode === 'read' || mode === 'snapshot') await ask('SET SESSION TRANSACTION READ ONLY', 0);
  if (mode !== 'snapshot') return;
  // Below REPEATABLE READ, which a server may have as its default, a snapshot lasts for one statement.
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ', 0);
  const found = (await ask(isolation, 2)).rows.map(({ Value }) => Value);
  const other = found.find((value) => value !== 'REPEATABLE-READ');
  assertSettings(
    target,
    { transaction_isolation: 'REPEATABLE-READ' },
    { transaction_isolation: other ?? found[0] },
  );
};
