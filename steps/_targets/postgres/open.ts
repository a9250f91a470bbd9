import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import type { LockHolder, SessionLock, SqlMode, SqlParam, SqlSession } from '../../_kits/sql/client.ts';
import { describeSql, type SqlConfig } from '../../_kits/sql/config.ts';
import type { PostgresClient } from './client.ts';
import { connectPostgres } from './connect.ts';
import { judgeRead } from './judge-read.ts';
import { lockHalves } from './lock-key.ts';
import { outsideTransaction } from './outside-transaction.ts';
import { postgresSession } from './session.ts';
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

/** Throws TargetError when the server cannot be reached or refuses us. */
export const open = async (ctx: TargetContext, config: SqlConfig): Promise<OpenTarget> => {
  const begin = async (mode: SqlMode, signal = ctx.signal, lock?: SessionLock) =>
    postgresSession(ctx.name, await connectPostgres(ctx, config, signal), mode, lock);
  // Own connections, and not the run's signal: they have to work just when it has fired.
  const observer = () => begin('read', AbortSignal.timeout(config.connect_timeout));
  const client: PostgresClient = {
    target: ctx.name,
    dialect: 'postgres',
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
  await (await client.open('read')).close();
  const version = async () => String(await one(await begin('read'), 'SHOW server_version'));
  return {
    client,
    check: async () => [{ level: 'verified', what: `${describeSql(config)}: Postgres ${await version()}` }],
    close: async () => undefined,
  };
};
