import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import type { SqlParam, SqlSession } from '../sql/client.ts';
import { connectTimeoutMs, describeSql, type SqlConfig } from '../sql/config.ts';
import type { PostgresClient } from './client.ts';
import { connectPostgres } from './connect.ts';
import { postgresSession } from './session.ts';

const one = async (session: SqlSession, sql: string, params: readonly SqlParam[] = []): Promise<unknown> => {
  try {
    const { rows } = await session.query(sql, params, 1);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await session.close();
  }
};

const named = "pid || '@' || extract(epoch FROM backend_start) = $1";

/** Throws TargetError when the server cannot be reached or refuses us. */
export const open = async (ctx: TargetContext, config: SqlConfig): Promise<OpenTarget> => {
  const session = async (mode: 'read' | 'write', signal = ctx.signal) =>
    postgresSession(await connectPostgres(ctx, config, signal), mode);
  // Own connections, and not the run's signal: they have to work just when it has fired.
  const observer = () => session('read', AbortSignal.timeout(connectTimeoutMs(config)));
  const client: PostgresClient = {
    target: ctx.name,
    open: session,
    explainsIn: 'read',
    // DDL too; what cannot run inside a transaction is refused by the server.
    rollsBack: () => true,
    async kill(id) {
      await one(await observer(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${named}`, [
        id,
      ]);
    },
    lives: async (id) =>
      (await one(await observer(), `SELECT count(*) FROM pg_stat_activity WHERE ${named}`, [id])) !== 0,
  };
  await (await client.open('read')).close();
  const version = async () => String(await one(await session('read'), 'SHOW server_version'));
  return {
    client,
    check: async () => [{ level: 'verified', what: `${describeSql(config)}: Postgres ${await version()}` }],
    close: async () => undefined,
  };
};
