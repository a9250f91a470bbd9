import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { type TargetContext, TargetError } from '../../../engine/target.ts';
import { dialUntil } from '../../_kits/network/dial.ts';
import { describeSql, type SqlConfig, tlsMode } from '../../_kits/sql/config.ts';
import { unreachable } from '../../_kits/sql/refused.ts';

/** SQLSTATEs of the handshake that trying again does not change. */
const refusals: Readonly<Record<string, readonly [TargetError['code'], remedy: string]>> = {
  '28P01': ['auth', 'Check the user and the password'],
  '28000': ['auth', 'Check the user, and what pg_hba.conf allows from this host'],
  '3D000': ['config', 'Check the name of the database'],
  '42501': ['auth', 'Grant the user CONNECT on the database'],
};

/** The driver wants to connect its stream itself; this one already is. */
const dialled = (stream: Duplex): Duplex =>
  Object.assign(stream, {
    connect: () => queueMicrotask(() => stream.emit('connect')),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  });

const tlsOf = async (ctx: TargetContext, config: SqlConfig) => {
  const mode = tlsMode(config);
  if (mode === 'disable') return false;
  const ca = config.tls?.ca_file;
  return {
    rejectUnauthorized: mode === 'verify',
    ...(ca !== undefined && { ca: await readFile(ctx.resolve(ca), 'utf8') }),
  };
};

const clientOf = async (ctx: TargetContext, config: SqlConfig, signal: AbortSignal): Promise<pg.Client> => {
  const { host, port, socket, user, database, password } = config;
  const stream = ctx.via && dialled(await dialUntil(ctx.via, host, port, signal));
  const secret = password === undefined ? '' : ctx.reveal(password);
  return new pg.Client({
    user,
    database,
    host: socket ?? host,
    port,
    // A function, also for an empty one: the driver would else look for PGPASSWORD and ~/.pgpass.
    password: () => secret,
    ssl: await tlsOf(ctx, config),
    connectionTimeoutMillis: config.connect_timeout,
    application_name: 'runbook',
    keepAlive: true,
    ...(stream && { stream: () => stream }),
  });
};

/** Throws TargetError, or the signal's reason. */
export const connectPostgres = async (
  ctx: TargetContext,
  config: SqlConfig,
  signal: AbortSignal,
): Promise<pg.Client> => {
  const where = describeSql(config);
  try {
    const client = await clientOf(ctx, config, signal);
    // A connection that breaks while idle would otherwise end the process.
    client.on('error', () => undefined);
    await new Promise<void>((done, failed) => {
      const giveUp = () => {
        failed(signal.reason);
        client.end().catch(() => undefined);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      client
        .connect()
        .then(() => done(), failed)
        .finally(() => signal.removeEventListener('abort', giveUp));
    });
    return client;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const code = (error as { code?: unknown }).code;
    const refusal = typeof code === 'string' ? refusals[code] : undefined;
    if (refusal === undefined) throw unreachable(ctx.name, where, error);
    throw new TargetError(ctx.name, refusal[0], `${where}: ${(error as Error).message}`, refusal[1], {
      cause: error,
    });
  }
};
