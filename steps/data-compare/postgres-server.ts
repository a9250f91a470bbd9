/** Postgres. */
import type { SqlSession } from '../_kits/sql/client.ts';
import { assertSettings } from '../_kits/sql/own-session.ts';
import { literal, type PostgresColumn } from './compared-table.ts';
import { postgresHash, quoteQualified, utf8Of } from './postgres-canonical.ts';
import { postgresCollisions, postgresDigests, postgresNumber, postgresRows } from './postgres-sql.ts';
import { postgresTable } from './postgres-table.ts';
import type { CompareServer } from './server.ts';

const settings: Readonly<Record<string, string>> = {
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

const settle = async (target: string, session: SqlSession): Promise<void> => {
  for (const [name, value] of Object.entries(settings)) await session.query(`SET LOCAL ${name} = '${value}'`);
  await session.query(ownFirst);
  const looked = Object.keys(settings).map((name) => `current_setting('${name}') AS "${name}"`);
  const { rows } = await session.query(`SELECT ${looked.join(', ')}`);
  assertSettings(target, settings, rows[0] ?? {});
};

const isUtf8 = async (session: SqlSession): Promise<boolean> => {
  const { rows } = await session.query("SELECT current_setting('server_encoding') AS encoding");
  return rows[0]?.encoding === 'UTF8';
};

/** Another database could not hold all of the first one's letters. */
const samples = { utf8: 'é 📈', ascii: 'runbook' };

export const postgresServer: CompareServer<PostgresColumn> = {
  title: 'Postgres',
  settle,
  table: postgresTable,
  quote: quoteQualified,
  hidden: async () => null,
  isUtf8,
  sample: (inUtf8) => {
    const text = inUtf8 ? samples.utf8 : samples.ascii;
    const hash = postgresHash(utf8Of(`${literal(text)}::text`));
    return { text, hash, number: `(${postgresNumber(hash)})::text` };
  },
  digests: postgresDigests,
  rows: postgresRows,
  collisions: postgresCollisions,
  zeroDates: () => null,
  makeSortRoom: async () => undefined,
};
