// MySQL as one snapshot, read table by table in a stream.
import { createConnection } from 'mysql2';
import { keyOf, skippedTables, sourceColumns, tables } from './tables.mjs';

const quoted = (name) => `\`${name}\``;

/** What a copy of the database carries that was restored from a dump: whose copy it is. No data of ours. */
const markOfCopy = '_runbook_restore';

/** The mistakes that would lose data without anybody noticing. */
const unknownParts = async (ask) => {
  const rows = await ask(
    `SELECT c.TABLE_NAME AS tableName, c.COLUMN_NAME AS columnName FROM information_schema.COLUMNS c
     JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
     WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'`,
  );
  const known = new Map(tables.map((table) => [table.name, sourceColumns(table)]));
  return rows
    .filter(({ tableName }) => !skippedTables.includes(tableName) && tableName !== markOfCopy)
    .filter(({ tableName, columnName }) => !known.get(tableName)?.includes(columnName))
    .map(({ tableName, columnName }) => `${tableName}.${columnName}`);
};

/** Addresses that differ in case only: Supabase Auth takes one of them, and the other user is lost. */
const collisions = (ask) =>
  ask(
    `SELECT GROUP_CONCAT(id ORDER BY id SEPARATOR ' and ') AS ids FROM users
     GROUP BY CAST(LOWER(email) AS BINARY) HAVING COUNT(*) > 1`,
  );

export const openSource = async (uri, onLost) => {
  const options = { uri, dateStrings: true, charset: 'utf8mb4' };
  const stream = createConnection(options);
  // A second one, since the first is busy while it streams.
  const other = createConnection(options);
  for (const connection of [stream, other]) connection.on('error', onLost);
  const ask = async (sql) => (await other.promise().query(sql))[0];
  await stream.promise().query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await stream.promise().query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  return {
    /** Sentences; empty when nothing speaks against the migration. */
    problems: async () => {
      const unknown = await unknownParts(ask);
      const twice = await collisions(ask);
      return [
        ...unknown.map((part) => `${part} is in MySQL, but the migration does not know it`),
        ...twice.map(({ ids }) => `The users ${ids} have the same e-mail address but for its case`),
      ];
    },
    count: async (table) => Number((await ask(`SELECT COUNT(*) AS n FROM ${quoted(table)}`))[0].n),
    /** Rows as arrays, in the order of `sourceColumns`; sorted, so that a run is the same as the one before. */
    rows: (table) => {
      const list = sourceColumns(table).map(quoted).join(', ');
      const sql = `SELECT ${list} FROM ${quoted(table.name)} ORDER BY ${keyOf(table).map(quoted).join(', ')}`;
      return stream.query({ sql, rowsAsArray: true }).stream({ highWaterMark: 1_000 });
    },
    close: async () => {
      await Promise.all([other.promise().end(), stream.promise().end()]);
    },
  };
};
