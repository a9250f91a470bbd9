import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import type { LockHolder, SessionLock, SqlMode, SqlSession } from '../../_kits/sql/client.ts';
import type { SqlConfig } from '../../_kits/sql/config.ts';
import { describeSql } from '../../_kits/sql/config.ts';
import type { LoginAnswer, MysqlClient } from './client.ts';
import { connectMysql } from './connect.ts';
import { judgeRead } from './judge-read.ts';
import { lockName } from './lock-name.ts';
import { outsideTransaction } from './outside-transaction.ts';
import { rollsBack } from './rolls-back.ts';
import { mysqlSession } from './session.ts';

const one = async (session: SqlSession, sql: string): Promise<unknown> => {
  try {
    const { rows } = await session.query(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await session.close();
  }
};

// Without the right to see the session only its id is known. One that idles was left by its client, or will be.
const holdersOf = (name: string): string => `
  SELECT h.id AS id, CASE WHEN p.INFO LIKE '%*/ COMMIT' THEN 'commit' WHEN p.COMMAND = 'Sleep' THEN 'nothing' ELSE 'statement' END AS doing
  FROM (SELECT IS_USED_LOCK('${name}') AS id) AS h LEFT JOIN information_schema.PROCESSLIST AS p ON p.ID = h.id
  WHERE h.id <> CONNECTION_ID()`;

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
  const sessionsWhere = async (condition: string, param: string): Promise<readonly string[]> => {
    const observer = await session('read', AbortSignal.timeout(config.connect_timeout));
    try {
      const { rows } = await observer.query(
        `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND ${condition}`,
        [param],
      );
      return rows.map(({ id }) => String(id));
    } finally {
      await observer.close();
    }
  };
  const client: MysqlClient = {
    target: ctx.name,
    open: session,
    explainsIn: 'write',
    rollsBack,
    judge: judgeRead,
    outsideTransaction,
    // The text has told all that is known of them.
    unproven: async (_session, calls) => calls,
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
    access: {
      place: ctx.via?.place ?? 'local',
      config,
      caFile: config.tls?.ca_file === undefined ? null : ctx.resolve(config.tls.ca_file),
      password: () => (config.password === undefined ? '' : ctx.reveal(config.password)),
    },
    // Own connections, and not the run's signal: they have to work just when it has fired.
    async kill(id) {
      const killer = await session('read', AbortSignal.timeout(config.connect_timeout));
      try {
        await killer.query(`KILL CONNECTION ${Number(id)}`).catch(() => undefined);
      } finally {
        await killer.close();
      }
    },
    async lives(id) {
      const observer = await session('read', AbortSignal.timeout(config.connect_timeout));
      const sql = `SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = ${Number(id)}`;
      return (await one(observer, sql)) !== 0;
    },
    async holders(lock) {
      const observer = await session('read', AbortSignal.timeout(config.connect_timeout));
      try {
        const { rows } = await observer.query(holdersOf(lockName(lock.sha256)));
        return rows.map(({ id, doing }) => ({ id: String(id), doing: doing as LockHolder['doing'] }));
      } finally {
        await observer.close();
      }
    },
    saying: (text) => sessionsWhere('LOCATE(?, INFO) > 0', text),
    ownSessionsIn: (name) => sessionsWhere("DB = ? AND USER = SUBSTRING_INDEX(USER(), '@', 1)", name),
  };
  await (await client.open('read')).close();
  return {
    client,
    check: async () => [{ level: 'verified', what: `${describeSql(config)}: MySQL ${await version()}` }],
    close: async () => undefined,
  };
};
