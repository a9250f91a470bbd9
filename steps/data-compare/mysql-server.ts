/** MySQL and MariaDB. */
import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import { assertSettings } from '../_kits/sql/own-session.ts';
import { literal, type MysqlColumn } from './compared-table.ts';
import type { Fault } from './match-columns.ts';
import { mysqlHash, quoteMysql } from './mysql-canonical.ts';
import { mysqlCollisions, mysqlDigests, mysqlNumber, mysqlRows, mysqlZeroDates } from './mysql-sql.ts';
import { mysqlTable } from './mysql-table.ts';
import type { CompareServer } from './server.ts';
import { makeSortRoom } from './sort-room.ts';

/**
 * What the statements mean and give must not be for a server to say: `sql_mode` pads CHARs and changes what text is,
 * `sql_auto_is_null` and a limit change which rows there are, and a system-versioned table can be shown as it was.
 * The comments are read by MySQL and by MariaDB only. The server stops sending for as long as the other side is slower.
 */
const settings = `SET SESSION sql_mode = '', sql_auto_is_null = 0, sql_big_selects = 1, net_write_timeout = 3600
  /*!50708 , max_execution_time = 0 */ /*M!100304 , max_statement_time = 0, system_versioning_asof = DEFAULT */`;

const wanted = { sql_mode: '', sql_auto_is_null: 'OFF' };

const settle = async (target: string, session: SqlSession): Promise<void> => {
  await session.query(settings);
  const { rows } = await session.query(
    "SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', 'sql_auto_is_null', 'system_versioning_asof')",
  );
  const found = Object.fromEntries(rows.map(({ Variable_name, Value }) => [String(Variable_name), Value]));
  // The default of a session is what the server has for all, which may be a day in the past.
  const now = found.system_versioning_asof === undefined ? {} : { system_versioning_asof: 'DEFAULT' };
  assertSettings(target, { ...wanted, ...now }, found);
};

/**
 * The server lists the columns that an account has a right on, and those alone. It shows how a table was made only to
 * one that has a right on the table itself, which is one on every column.
 */
const hidden = async (session: SqlSession, name: string): Promise<Fault | null> => {
  try {
    await session.query(`SHOW CREATE TABLE ${quoteMysql(name)}`);
    return null;
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlState !== '42000') throw error;
    return {
      what: `MySQL shows the target's user only some columns of ${name}: others may not be compared`,
      remedy: 'GRANT SELECT on the whole table, or name what is compared by `columns`',
    };
  }
};

const text = 'é 📈';

export const mysqlServer: CompareServer<MysqlColumn> = {
  title: 'MySQL',
  settle,
  table: mysqlTable,
  quote: quoteMysql,
  hidden,
  isUtf8: async () => true,
  sample: () => {
    const hash = mysqlHash(literal(text));
    return { text, hash, number: mysqlNumber(hash) };
  },
  digests: mysqlDigests,
  rows: mysqlRows,
  collisions: mysqlCollisions,
  zeroDates: mysqlZeroDates,
  makeSortRoom,
};
