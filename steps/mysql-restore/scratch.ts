/**
 * The scratch database. A table in it says which run and step made it: by that, and by nothing else, it is
 * known again. A database without it belongs to somebody.
 */
import type { ActContext } from '../../engine/step.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import { ownerOf, type Scratch, scratchLock } from '../_kits/sql/restore-kind.ts';
import { type RestoreOutput, restoreOutput } from '../_kits/sql/restore-step.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';

export const markTable = '_runbook_restore';

const writing = (
  client: MysqlClient,
  ctx: ActContext,
  work: (session: SqlSession) => Promise<void>,
): Promise<void> =>
  withSession(
    client,
    'write',
    ctx,
    async (session) => {
      await work(session);
      // It has committed: this gives the lock back.
      await session.rollback();
    },
    scratchLock(ctx),
  );

const countOf = async (session: SqlSession, sql: string, name: string): Promise<number> =>
  Number(Object.values((await session.query(sql, [name], 1)).rows[0] ?? {})[0] ?? 0);

const objects = `SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = d.name)
 + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = d.name)
 + (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = d.name) AS n FROM (SELECT ? AS name) d`;

const isThere = 'SELECT COUNT(*) AS n FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?';
const isMarked = `SELECT COUNT(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = '${markTable}'`;

export const lookAtScratch = async (
  client: MysqlClient,
  ctx: ActContext,
  database: string,
): Promise<Scratch> =>
  withSession(client, 'read', ctx, async (session) => {
    if ((await countOf(session, isThere, database)) === 0) return { is: 'absent' };
    const owned = (await countOf(session, isMarked, database)) > 0;
    const { rows } = owned
      ? await session.query(`SELECT owner, output FROM \`${database}\`.${markTable}`, [], 1)
      : { rows: [] };
    const mark = rows[0];
    if (mark === undefined)
      return { is: 'foreign', empty: (await countOf(session, objects, database)) === 0 };
    if (mark.owner !== ownerOf(ctx)) return { is: 'anothers', owner: String(mark.owner) };
    return {
      is: 'ours',
      output: mark.output === null ? null : restoreOutput.parse(JSON.parse(String(mark.output))),
    };
  });

/** With the character set of the target's own database, which the dump's routines rely on. */
export const makeScratch = async (client: MysqlClient, ctx: ActContext, database: string): Promise<void> =>
  writing(client, ctx, async (session) => {
    const { rows } = await session.query('SELECT @@collation_database AS name', [], 1);
    const collation = String(rows[0]?.name);
    if (!/^\w+$/.test(collation)) throw new Error(`the collation ${collation} has no name`);
    await session.query(`CREATE DATABASE \`${database}\` COLLATE ${collation}`, [], 0);
    try {
      await session.query(
        `CREATE TABLE \`${database}\`.${markTable} (owner VARCHAR(512) NOT NULL, output LONGTEXT NULL) DEFAULT CHARSET utf8mb4`,
        [],
        0,
      );
      await session.query(`INSERT INTO \`${database}\`.${markTable} (owner) VALUES (?)`, [ownerOf(ctx)], 0);
      await session.commit();
    } catch (error) {
      // Made a moment ago by this very session, and refused if it had been there.
      await session.query(`DROP DATABASE \`${database}\``, [], 0);
      throw error;
    }
  });

/** Written once all is restored and counted: a probe reads it back. */
export const markFinished = async (
  client: MysqlClient,
  ctx: ActContext,
  output: RestoreOutput,
): Promise<void> =>
  writing(client, ctx, async (session) => {
    await session.query(
      `UPDATE \`${output.database}\`.${markTable} SET output = ?`,
      [JSON.stringify(output)],
      0,
    );
    await session.commit();
  });

/** The caller has made sure whose it is. */
export const dropScratch = async (client: MysqlClient, ctx: ActContext, database: string): Promise<void> =>
  writing(client, ctx, async (session) => {
    await session.query(`DROP DATABASE IF EXISTS \`${database}\``, [], 0);
  });

/** Exact, table by table. */
export const countRows = async (
  client: MysqlClient,
  ctx: ActContext,
  database: string,
): Promise<Record<string, number>> =>
  withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME <> '${markTable}' ORDER BY TABLE_NAME`,
      [database],
    );
    const counted: Record<string, number> = {};
    for (const { name } of rows) {
      const table = String(name).replaceAll('`', '``');
      const answer = await session.query(`SELECT COUNT(*) AS n FROM \`${database}\`.\`${table}\``, [], 1);
      counted[String(name)] = Number(answer.rows[0]?.n);
    }
    return counted;
  });
