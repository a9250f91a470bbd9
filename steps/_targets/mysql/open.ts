import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import { accessOf } from '../../_kits/sql/access.ts';
import type { LockHolder, SessionLock, SqlMode, SqlSession } from '../../_kits/sql/client.ts';
import type { SqlConfig } from '../../_kits/sql/config.ts';
import { describeSql } from '../../_kits/sql/config.ts';
import type { LoginAnswer, MysqlClient } from './client.ts';
import { connectMysql } from './connect.ts';
import { judgeRead } from './judge-read.ts';
import { lockName } from './lock-name.ts';
import { outsideTransaction } from './outside-transaction.ts';
import { otherProcesses, type Process } from './process-list.ts';
import { commitsByItself, rollsBack } from './rolls-back.ts';
import { mysqlSession } from './session.ts';
import { unproven } from './views.ts';

const one = async (session: SqlSession, sql: string): Promise<unknown> => {
  try {
    const { rows } = await session.query(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await session.close();
  }
};

/** Without the right to see the session only its id is known. One that idles was left by its client, or will be. */
const doingOf = (holder: Process | undefined): LockHolder['doing'] => {
  if (holder?.statement?.endsWith('*/ COMMIT')) return 'commit';
  return holder?.command === 'Sleep' ? 'nothing' : 'statement';
};

/** MySQL, then MariaDB. */
const accountLocked = new Set([3118, 4151]);
/** The database is refused to an account that is logged in already. */
const databaseRefused = new Set([1044, 1049]);

/** What a failed connect says of the login alone. Throws what says nothing of it. */
const answerOf = (error: unknown): LoginAnswer => {
  const cause = error instanceof Error ? (error.cause as { errno?: unknown; message?: string }) : undefined;
  if (typeof cause?.errno !== 'number' || cause.errno < 1000) throw error;
  if (databaseRefused.has(cause.errno)) return { accepted: true };
  return { accepted: false, locked: accountLocked.has(cause.errno), said: cause.message ?? 'refused' };
};

/** Throws TargetError when the server cannot be reached or refuses us. */
export const open = async (ctx: TargetContext, config: SqlConfig): Promise<OpenTarget> => {
  const session = async (mode: SqlMode, signal = ctx.signal, lock?: SessionLock) =>
    mysqlSession(ctx.name, await connectMysql(ctx, config, signal), mode, lock);
  const version = async () => String(await one(await session('read'), 'SELECT VERSION()'));
  // A connection of its own, and not the run's signal: it has to work just when that has fired.
  const observing = async <T>(look: (observer: SqlSession) => Promise<T>): Promise<T> => {
    const observer = await session('read', AbortSignal.timeout(config.connect_timeout));
    try {
      return await look(observer);
    } finally {
      await observer.close();
    }
  };
  const client: MysqlClient = {
    target: ctx.name,
    dialect: 'mysql',
    open: session,
    explainsIn: 'write',
    rollsBack,
    commitsByItself,
    judge: judgeRead,
    outsideTransaction,
    unproven,
    // Both servers call a function of constants to make a plan.
    async prepare(session, sql) {
      await session.query('SET @runbook_statement = ?', [sql], 0);
      await session.query('PREPARE runbook_statement FROM @runbook_statement', [], 0);
    },
    version,
    async baseTables() {
      const reading = await session('read');
      try {
        const { rows } = await reading.query(
          "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
        );
        return rows.map(({ name }) => String(name));
      } finally {
        await reading.close();
      }
    },
    dataBytes: async () =>
      Number(
        await one(
          await session('read'),
          'SELECT SUM(DATA_LENGTH) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
        ),
      ),
    async tryLogin(user, password) {
      try {
        const connection = await connectMysql(ctx, { ...config, user, password }, ctx.signal);
        connection.destroy();
        return { accepted: true };
      } catch (error) {
        return answerOf(error);
      }
    },
    access: accessOf(ctx, config),
    kill: (id) =>
      observing(async (killer) => {
        await killer.query(`KILL CONNECTION ${Number(id)}`, [], 0).catch(() => undefined);
      }),
    lives: (id) => observing(async (observer) => (await otherProcesses(observer)).some((it) => it.id === id)),
    holders: (lock) =>
      observing(async (observer) => {
        const asked = `SELECT IS_USED_LOCK('${lockName(lock.sha256)}') AS id, CONNECTION_ID() AS own`;
        const [row] = (await observer.query(asked, [], 1)).rows;
        if (row === undefined || row.id === null || row.id === row.own) return [];
        const id = String(row.id);
        const processes = await otherProcesses(observer, { wholeStatements: true });
        return [{ id, doing: doingOf(processes.find((it) => it.id === id)) }];
      }),
    saying: (text) =>
      observing(async (observer) => {
        const processes = await otherProcesses(observer, { wholeStatements: true });
        return processes.filter(({ statement }) => statement?.includes(text)).map(({ id }) => id);
      }),
    ownSessionsIn: (name) =>
      observing(async (observer) => {
        const asked = "SELECT SUBSTRING_INDEX(USER(), '@', 1) AS user";
        const [row] = (await observer.query(asked, [], 1)).rows;
        // Some servers keep the name of a database in small letters.
        const isThere = ({ user, database }: Process): boolean =>
          user === row?.user && database?.toLowerCase() === name.toLowerCase();
        return (await otherProcesses(observer)).filter(isThere).map(({ id }) => id);
      }),
  };
  await (await client.open('read')).close();
  return {
    client,
    check: async () => [{ level: 'verified', what: `${describeSql(config)}: MySQL ${await version()}` }],
    close: async () => undefined,
  };
};
