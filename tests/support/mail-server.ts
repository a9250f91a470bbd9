/** An SMTP server on loopback that does what a test tells it, and keeps what it took. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface TakenMail {
  readonly to: string;
  readonly content: string;
}

/** Of one recipient: what the server does instead of taking its mail. */
export type Mishap =
  | { readonly at: 'rcpt' | 'data'; readonly code: number; readonly text: string }
  /** The connection is cut, before the message or after it without an answer. */
  | { readonly at: 'rcpt' | 'data'; readonly cut: true };

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly caFile: string;
  readonly taken: TakenMail[];
  readonly mishaps: Map<string, Mishap>;
  /** Connections so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

const tlsFile = (name: string): string => new URL(`loopback-tls/${name}`, import.meta.url).pathname;

export const useMailServer = async ({
  tls = 'none',
  login,
}: {
  tls?: 'none' | 'implicit' | 'starttls';
  login?: { user: string; password: string };
} = {}): Promise<MailServer> => {
  const taken: TakenMail[] = [];
  const mishaps = new Map<string, Mishap>();
  let connections = 0;
  const strike = (to: string, at: Mishap['at'], session: { id: string }): Error | null => {
    const mishap = mishaps.get(to);
    if (mishap?.at !== at) return null;
    if ('code' in mishap) return Object.assign(new Error(mishap.text), { responseCode: mishap.code });
    for (const { id, _socket } of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
      if (id === session.id) _socket.destroy();
    return null;
  };
  const server = new SMTPServer({
    secure: tls === 'implicit',
    key: readFileSync(tlsFile('key.pem')),
    cert: readFileSync(tlsFile('cert.pem')),
    disabledCommands: tls === 'starttls' ? [] : ['STARTTLS'],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(Object.assign(new Error('no such login'), { responseCode: 535 }));
    },
    onRcptTo({ address }, session, done) {
      done(strike(address, 'rcpt', session));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo[0]?.address ?? '';
        const refusal = strike(to, 'data', session);
        if (!refusal) taken.push({ to, content: Buffer.concat(chunks).toString('utf8') });
        done(refusal);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const stop = () => new Promise<void>((ended) => server.close(ended));
  onTestFinished(stop);
  return {
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    caFile: tlsFile('cert.pem'),
    taken,
    mishaps,
    connections: () => connections,
    stop,
  };
};
