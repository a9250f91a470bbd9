import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { TargetContext } from '../../../engine/target.ts';
import type { Delivery, SmtpSession } from './client.ts';
import { describeSmtp, type SmtpConfig, smtpPort, smtpTls } from './config.ts';
import { refusedConnection } from './refused.ts';

/** A server may think for minutes over what it was given; RFC 5321 allows it ten. */
const answerTimeoutMs = 120_000;

/** Logged in, with an encrypted connection where the target wants one. Throws TargetError, or the signal's reason. */
export const openSession = async (
  ctx: TargetContext,
  config: SmtpConfig,
  signal: AbortSignal,
): Promise<SmtpSession> => {
  const connection = await connected(ctx, config, signal).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw refusedConnection(ctx.name, describeSmtp(config), error);
  });
  // An error between two messages is told by the next one.
  connection.on('error', () => undefined);
  return {
    async send({ from, to }, message) {
      const delivery = await deliver(connection, { from, to: [to] }, message);
      // Else the server would take the next sender for a second one of the refused message.
      if (delivery.state === 'refused') await reset(connection);
      return delivery;
    },
    close: () => connection.quit(),
  };
};

const connected = async (
  ctx: TargetContext,
  config: SmtpConfig,
  signal: AbortSignal,
): Promise<SMTPConnection> => {
  const { host, user, password, tls } = config;
  const port = smtpPort(config);
  const mode = smtpTls(config);
  const connection = new SMTPConnection({
    host,
    port,
    secure: mode === 'implicit',
    requireTLS: mode === 'starttls',
    ignoreTLS: mode === 'none',
    connectionTimeout: config.connect_timeout,
    dnsTimeout: config.connect_timeout,
    greetingTimeout: config.connect_timeout,
    socketTimeout: answerTimeoutMs,
    // Also against NODE_TLS_REJECT_UNAUTHORIZED, which would switch the look at the certificate off.
    tls: { rejectUnauthorized: true, ...(tls?.ca_file && { ca: await readFile(ctx.resolve(tls.ca_file)) }) },
  });
  try {
    await settled(connection, signal, (done) => connection.connect(done));
    if (user !== undefined && password !== undefined) {
      const credentials = { user, pass: ctx.reveal(password) };
      await settled(connection, signal, (done) => connection.login({ credentials }, done));
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

/** The connection tells some errors by its event only, and some by the callback. */
const settled = (
  connection: SMTPConnection,
  signal: AbortSignal,
  start: (done: (error?: Error | null) => void) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (error?: unknown): void => {
      connection.off('error', end);
      connection.off('end', ended);
      signal.removeEventListener('abort', aborted);
      if (error) reject(error);
      else resolve();
    };
    const ended = () => end(new Error('the server closed the connection'));
    const aborted = () => end(signal.reason);
    connection.once('error', end);
    connection.once('end', ended);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    else start(end);
  });

const deliver = (
  connection: SMTPConnection,
  envelope: { from: string; to: string[] },
  message: Uint8Array,
): Promise<Delivery> => {
  // Read only once the server has said 354: until then the message cannot have gone out.
  let begun = false;
  const content = new Readable({
    highWaterMark: 0,
    read() {
      begun = true;
      this.push(message);
      this.push(null);
    },
  });
  return new Promise((resolve) => {
    let over = false;
    const end = (delivery: Delivery): void => {
      if (over) return;
      over = true;
      connection.off('end', ended);
      resolve(delivery);
    };
    const lost = (why: string): void => end({ state: begun ? 'unknown' : 'unsent', why });
    const ended = () => lost('the connection was closed');
    connection.once('end', ended);
    connection.send(envelope, content, (error, info) => {
      if (!error) return end({ state: 'sent', response: info?.response ?? '' });
      const { responseCode } = error as { responseCode?: number };
      // An answer is an answer: the server has not taken the message.
      if (responseCode !== undefined && responseCode >= 400)
        return end({ state: 'refused', permanent: responseCode >= 500, why: said(error, responseCode) });
      lost(error.message);
    });
  });
};

/** Where it fails, the next message finds the connection broken. */
const reset = (connection: SMTPConnection): Promise<void> =>
  new Promise((resolve) => {
    const over = () => {
      connection.off('end', over);
      resolve();
    };
    connection.once('end', over);
    connection.reset(over);
  });

const said = (error: Error, code: number): string =>
  error.message.includes(String(code)) ? error.message : `${error.message} (${code})`;
