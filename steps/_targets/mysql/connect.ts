import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import mysql, { type Connection, type ConnectionOptions } from 'mysql2';
import { type TargetContext, TargetError } from '../../../engine/target.ts';
import { dialUntil } from '../../_kits/network/dial.ts';
import { describeSql, type SqlConfig, tlsMode } from '../../_kits/sql/config.ts';
import { unreachable } from '../../_kits/sql/refused.ts';

type Refusal = readonly [TargetError['code'], remedy: string];

/** Errors of the handshake that trying again does not change. */
const refusals: Readonly<Record<number, Refusal>> = {
  1045: ['auth', 'Check the user, the password and the hosts the account may come from'],
  // A freeze, of this night or of an earlier one, is the usual reason. MySQL, then MariaDB.
  3118: ['auth', 'The account is locked: unlock it, or use another one'],
  4151: ['auth', 'The account is locked: unlock it, or use another one'],
  1698: ['auth', 'The account logs in by socket or plugin only: use one with a password'],
  1044: ['auth', 'Grant the user rights on the database'],
  1049: ['config', 'Check the name of the database'],
  1130: ['auth', 'Let the account come from this host, or reach the server via an ssh target'],
  1862: ['auth', 'The password has expired: give the account a new one'],
  3955: ['auth', 'Too many failed logins have locked the account: ALTER USER ... ACCOUNT UNLOCK'],
  3159: ['config', 'The server insists on TLS: set tls.mode'],
};

/** The driver's own words for a way to log in that it does not have. */
const ofPlugin: Refusal = [
  'auth',
  'Let the account log in by caching_sha2_password or mysql_native_password, or use one that does',
];
const pluginErrors = new Set(['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED']);

const refusalOf = (error: unknown): Refusal | undefined => {
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (typeof errno === 'number') return refusals[errno];
  return typeof code === 'string' && pluginErrors.has(code) ? ofPlugin : undefined;
};

const optionsOf = async (ctx: TargetContext, config: SqlConfig, signal: AbortSignal) => {
  const { host, port, socket, user, database, tls } = config;
  const mode = tlsMode(config);
  const options: ConnectionOptions = {
    user,
    password: config.password === undefined ? '' : ctx.reveal(config.password),
    database,
    host,
    port,
    charset: 'utf8mb4',
    connectTimeout: config.connect_timeout,
    dateStrings: true,
    // BIGINT: a number while it is exact, else its digits. DECIMAL stays a string.
    supportBigNumbers: true,
    // The driver's own parser rounds what is in a JSON column.
    jsonStrings: true,
    multipleStatements: false,
    // Otherwise the server may ask for any file of this machine.
    flags: ['-LOCAL_FILES'],
  };
  if (socket !== undefined) options.socketPath = socket;
  if (ctx.via !== undefined) options.stream = await dialUntil(ctx.via, host, port, signal);
  if (mode !== 'disable')
    options.ssl = {
      rejectUnauthorized: mode === 'verify',
      verifyIdentity: mode === 'verify' && isIP(host) === 0,
      ...(tls?.ca_file !== undefined && { ca: await readFile(ctx.resolve(tls.ca_file), 'utf8') }),
    };
  return options;
};

/**
 * The driver compares the certificate of a server that is named by its address with the name `localhost`: what another
 * server of the same CA may have passes, and the right one does not. Compared here before anything of the login is sent.
 */
const verifyAddress = (connection: Connection, host: string): void => {
  const secured = connection as unknown as {
    startTLS(done: (error?: Error) => void): void;
    readonly stream: TLSSocket;
  };
  const startTls = secured.startTLS.bind(connection);
  secured.startTLS = (done) =>
    startTls((error) => done(error ?? checkServerIdentity(host, secured.stream.getPeerCertificate(true))));
};

/** Throws TargetError, or the signal's reason. */
export const connectMysql = async (
  ctx: TargetContext,
  config: SqlConfig,
  signal: AbortSignal,
): Promise<Connection> => {
  const where = describeSql(config);
  try {
    const connection = mysql.createConnection(await optionsOf(ctx, config, signal));
    if (tlsMode(config) === 'verify' && isIP(config.host) !== 0) verifyAddress(connection, config.host);
    // A fatal error without a pending command would otherwise end the process.
    connection.on('error', () => undefined);
    const giveUp = () => connection.destroy();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await new Promise<void>((done, failed) => {
        signal.addEventListener('abort', () => failed(signal.reason), { once: true });
        connection.connect((error) => (error ? failed(error) : done()));
      });
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    return connection;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const refusal = refusalOf(error);
    if (refusal === undefined) throw unreachable(ctx.name, where, error);
    const [code, remedy] = refusal;
    throw new TargetError(ctx.name, code, `${where}: ${(error as Error).message}`, remedy, { cause: error });
  }
};
