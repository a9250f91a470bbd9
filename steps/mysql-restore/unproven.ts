/** What a restore says nothing of, in words: rows that were counted prove the tables and no more. */

import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { preparedXa } from '../_targets/mysql/prepared-xa.ts';
import { judgeDefinition, ofTheServer } from '../_targets/mysql/views.ts';
import type { Dump } from './restore.ts';

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;

const programs = `SELECT (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = d.name) AS routines,
 (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = d.name) AS triggers FROM (SELECT ? AS name) d`;

const names = (text: string) => `LOCATE(CONCAT(DATABASE(), '.'), REPLACE(${text}, '\`', '')) > 0`;
const elsewhere = (column: string) =>
  `${column} NOT IN (DATABASE(), ?, 'mysql', 'sys', 'information_schema', 'performance_schema')`;

/** In other databases, by their texts. */
const users = `SELECT CONCAT('view ', TABLE_SCHEMA, '.', TABLE_NAME) AS what FROM information_schema.VIEWS
  WHERE ${elsewhere('TABLE_SCHEMA')} AND ${names('VIEW_DEFINITION')}
 UNION SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_SCHEMA, '.', ROUTINE_NAME) FROM information_schema.ROUTINES
  WHERE ${elsewhere('ROUTINE_SCHEMA')} AND ${names('ROUTINE_DEFINITION')}
 UNION SELECT CONCAT('trigger ', TRIGGER_SCHEMA, '.', TRIGGER_NAME) FROM information_schema.TRIGGERS
  WHERE ${elsewhere('TRIGGER_SCHEMA')} AND ${names('ACTION_STATEMENT')}
 UNION SELECT CONCAT('event ', EVENT_SCHEMA, '.', EVENT_NAME) FROM information_schema.EVENTS
  WHERE ${elsewhere('EVENT_SCHEMA')} AND ${names('EVENT_DEFINITION')} ORDER BY what`;

/** What no dump of the target's own database has, as far as its user may see. */
export const notInADump = async (session: SqlSession, scratch: string): Promise<readonly string[]> => {
  const { rows } = await session.query(users, [scratch, scratch, scratch, scratch]);
  const found = rows.map(({ what }) => String(what));
  return [
    ...(found.length === 0 ? [] : [`not in the dump, and use its database: ${few(found)}`]),
    ...(await preparedXa(session)).map((one) => `not in the dump: ${one}`),
  ];
};

const viewFault = async (client: MysqlClient, session: SqlSession, view: string): Promise<string | null> => {
  try {
    await client.prepare?.(session, `SELECT * FROM ${view}`);
    return null;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.message;
  }
};

const ofViews = async (
  client: MysqlClient,
  session: SqlSession,
  database: string,
): Promise<readonly string[]> => {
  const { rows } = await session.query(
    'SELECT TABLE_NAME AS name, VIEW_DEFINITION AS text FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME',
    [database],
  );
  const told: string[] = [];
  for (const { name, text } of rows) {
    const fault = await viewFault(client, session, `${quoted(database)}.${quoted(String(name))}`);
    if (fault !== null) told.push(`the view ${name} cannot be read: ${fault}`);
    const judged = await judgeDefinition(String(text));
    const others = judged.is === 'read' ? judged.relations.map(({ schema }) => schema ?? database) : [];
    const outside = [...new Set(others)].filter((one) => one !== database && !ofTheServer.test(one)).sort();
    if (outside.length > 0)
      told.push(`the view ${name} reads ${few(outside)} as it is on this server, and not from the dump`);
    if (judged.is !== 'read')
      told.push(`the view ${name}: whether it reads other databases was not found out`);
  }
  return told;
};

/** Of a restore that has come through. Throws SqlError and SessionLost. */
export const unprovenBy = async (
  client: MysqlClient,
  session: SqlSession,
  database: string,
  dump: Dump,
): Promise<readonly string[]> => {
  const made = (await session.query(programs, [database], 1)).rows[0];
  const [routines, triggers] = [Number(made?.routines), Number(made?.triggers)];
  return [
    ...(dump.events > 0 ? [`events of the dump: ${dump.events} (left out, since they would run)`] : []),
    ...(routines > 0 ? [`routines: ${routines} (made, not called)`] : []),
    ...(triggers > 0 ? [`triggers: ${triggers} (made, not fired by a change)`] : []),
    ...(await ofViews(client, session, database)),
    ...(await notInADump(session, database)),
  ];
};
