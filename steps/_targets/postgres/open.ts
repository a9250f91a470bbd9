import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import { accessOf } from '../../_kits/sql/access.ts';
import type { LockHolder, SessionLock, SqlMode, SqlParam, SqlSession } from '../../_kits/sql/client.ts';
import { describeSql, type SqlConfig } from '../../_kits/sql/config.ts';
import { baseTables, bytesOfRows } from './base-tables.ts';
import type { LoginAnswer, PostgresClient } from './client.ts';
import { connectPostgres } from './connect.ts';
import { judgeRead } from './judge-read.ts';
import { lockHalves } from './lock-key.ts';
import { outsideTransaction } from './outside-transaction.ts';
import { postgresSession } from './session.ts';
import { versionIn } from './versions.ts';
import { unproven } from './volatile.ts';

const one = async (session: SqlSession, sql: string, params: readonly SqlParam[] = []): Promise<unknown> => {
  try {
    const { rows } = await session.query(sql, params, 1);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await session.close();
  }
};

const id = "pid || '@' || extract(epoch FROM backend_start)";
const named = `${id} = $1`;

const holding = `
  SELECT ${id} AS id, CASE WHEN state = 'active' AND query LIKE '%*/ COMMIT' THEN 'commit'
    WHEN state LIKE 'idle%' THEN 'nothing' ELSE 'statement' END AS doing
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid() AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = $1 AND objid::bigint = $2`;

/** To a file on the server, or into a program there. */
const copiesOut = /^\s*copy\b.*\bto\s+(program\b|')/is;

/** The database is looked for once the login has been accepted. */
const databaseRefused = new Set(['3D000', '42501']);

/** What a failed connect says of the login alone. Throws what says nothing of it. */
const answerOf = (error: unknown): LoginAnswer => {
  const cause = error instanceof Error ? (error.cause as { code?: unknown; message?: string }) : undefined;
  const code = cause?.code;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) throw error;
  if (databaseRefused.has(code)) return { accepted: true };
  const said = cause?.message ?? 'refused';
  // The password is looked at before NOLOGIN is; the file's name stands in the message in every language.
  return { accepted: false, barred: code === '28000' && !said.includes('pg_hba.conf'), said };
};

const clientFor = (ctx: TargetContext, config: SqlConfig): PostgresClient => {
  const begin = async (mode: SqlMode, signal = ctx.signal, lock?: SessionLock) =>
    postgresSession(ctx.name, await connectPostgres(ctx, config, signal), mode, lock);
  // Own connections, and not the run's signal: they have to work just when it has fired.
  const observer = () => begin('read', AbortSignal.timeout(config.connect_timeout));
  const reading = async (signal = ctx.signal) => begin('read', signal);
  return {
    target: ctx.name,
    dialect: 'postgres',
    access: accessOf(ctx, config),
    open: begin,
    explainsIn: 'read',
    // DDL too; what cannot run inside a transaction is refused by the server.
    rollsBack: (sql) => !copiesOut.test(sql),
    commitsByItself: () => null,
    judge: judgeRead,
    outsideTransaction,
    unproven,
    async kill(session) {
      await one(await observer(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${named}`, [
        session,
      ]);
    },
    lives: async (session) =>
      (await one(await observer(), `SELECT count(*) FROM pg_stat_activity WHERE ${named}`, [session])) !== 0,
    async holders(lock) {
      const asking = await observer();
      try {
        const { rows } = await asking.query(holding, lockHalves(lock.sha256));
        return rows.map((row) => ({ id: String(row.id), doing: row.doing as LockHolder['doing'] }));
      } finally {
        await asking.close();
      }
    },
    async version() {
      const said = String(await one(await reading(), 'SHOW server_version'));
      const version = versionIn(said);
      if (version === null)
        throw new Error(`the server's version is ${JSON.stringify(said)}, which is unknown`);
      return version;
    },
    dataBytes: async () => Number(await one(await reading(), bytesOfRows)),
    async baseTables() {
      const session = await reading();
      try {
        const { rows } = await session.query(baseTables);
        return rows.map(({ schema, name }) => ({ schema: String(schema), name: String(name) }));
      } finally {
        await session.close();
      }
    },
    async tryLogin(user, password) {
      try {
        const connection = await connectPostgres(ctx, { ...config, user, password }, ctx.signal);
        await connection.end();
        return { accepted: true };
      } catch (error) {
        return answerOf(error);
      }
    },
    inDatabase: (database) => clientFor(ctx, { ...config, database }),
    async saying(text) {
      const asking = await observer();
      try {
        const { rows } = await asking.query(
          `SELECT ${id} AS id FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND state <> 'idle' AND position($1 IN query) > 0`,
          [text],
        );
        return rows.map((row) => String(row.id));
      } finally {
        await asking.close();
      }
    },
  };
};

/** Throws TargetError when the server cannot be reached or refuses us. */
export const open = async (ctx: TargetContext, config: SqlConfig): Promise<OpenTarget> => {
  const client = clientFor(ctx, config);
  await (await client.open('read')).close();
  return {
    client,
    check: async () => [
      { level: 'verified', what: `${describeSql(config)}: ${(await client.version()).shown}` },
    ],
    close: async () => undefined,
  };
};
