/** A server that is named by its address: the certificate is compared with that, before the login is sent. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TargetContext } from '../../../../engine/target.ts';
import { connectMysql } from '../../../../steps/_targets/mysql/connect.ts';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { connectPostgres } from '../../../../steps/_targets/postgres/connect.ts';
import { postgres } from '../../../../steps/_targets/postgres/target.ts';

/** A certificate of its own for these names. */
const certificateFor = async (names: string) => {
  const dir = await mkdtemp(join(tmpdir(), 'runbook-tls-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', ...made, '-subj', '/CN=test', '-addext', `subjectAltName=${names}`], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(cert), caFile: cert };
};
type Certificate = Awaited<ReturnType<typeof certificateFor>>;

const serve = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((down) => server.close(down));
  });
  return (server.address() as AddressInfo).port;
};

const secured = (socket: Socket, { key, cert }: Certificate): TLSSocket =>
  new TLSSocket(socket, { isServer: true, key, cert }).on('error', () => undefined);

const packet = (sequence: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};

/** MySQL's greeting, then TLS; whoever logs in is refused. Answers the port and what was said inside TLS. */
const mysqlServer = async (certificate: Certificate) => {
  const said: Buffer[] = [];
  const greeting = Buffer.concat([
    Buffer.from('\x0a8.0.33\0\x01\0\0\0', 'latin1'),
    Buffer.from('12345678\0', 'latin1'),
    // Capabilities: CLIENT_PROTOCOL_41, SSL, SECURE_CONNECTION; then PLUGIN_AUTH.
    Buffer.from([0x00, 0x8a, 0x2d, 0x02, 0x00, 0x08, 0x00, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0mysql_native_password\0', 'latin1'),
  ]);
  const port = await serve((socket) => {
    socket.write(packet(0, greeting));
    // The TLS handshake may follow the 36 bytes of the request at once.
    socket.on('readable', function take() {
      if (socket.read(36) === null) return;
      socket.off('readable', take);
      const tls = secured(socket, certificate);
      tls.once('data', (login) => {
        said.push(login);
        tls.write(packet(3, Buffer.from('\xff\x15\x04#28000Access denied', 'latin1')));
      });
    });
  });
  return { port, said };
};

/** Postgres says S to an SSLRequest; whoever logs in is refused. */
const postgresServer = async (certificate: Certificate) => {
  const said: Buffer[] = [];
  const port = await serve((socket) =>
    socket.once('data', () => {
      socket.write('S');
      const tls = secured(socket, certificate);
      tls.once('data', (login) => {
        said.push(login);
        const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0MAccess denied\0\0');
        const head = Buffer.alloc(5);
        head.write('E');
        head.writeInt32BE(fields.length + 4, 1);
        tls.end(Buffer.concat([head, fields]));
      });
    }),
  );
  return { port, said };
};

const context: TargetContext = {
  name: 'db',
  signal: new AbortController().signal,
  reveal: (secret) => String(secret),
  resolve: (path) => path,
  log: () => undefined,
};

const kinds = [
  ['mysql', mysqlServer, connectMysql, mysql.config],
  ['postgres', postgresServer, connectPostgres, postgres.config],
] as const;

describe.each(kinds)('%s', (_, server, connect, config) => {
  const login = async (names: string, host: string) => {
    const certificate = await certificateFor(names);
    const { port, said } = await server(certificate);
    const tls = { mode: 'verify', ca_file: certificate.caFile };
    const given = config.parse({ host, port, user: 'u', password: 'hunter2', database: 'd', tls });
    const error = await connect(context, given, context.signal).then(
      () => null,
      (e: unknown) => e as Error,
    );
    return { error, logins: said.length };
  };

  test('takes a certificate of the address, and none of another name', async () => {
    const right = await login('IP:127.0.0.1', '127.0.0.1');
    expect(right.error).toMatchObject({ code: 'auth', message: expect.stringContaining('Access denied') });
    expect(right.logins).toBe(1);
    for (const names of ['DNS:localhost', 'IP:127.0.0.2']) {
      const { error, logins } = await login(names, '127.0.0.1');
      expect(error).toMatchObject({
        code: 'config',
        message: expect.stringMatching(/the certificate does not verify: .*127\.0\.0\.1/),
      });
      expect(logins).toBe(0);
    }
  });

  test('goes by the name where one is given', async () => {
    expect((await login('DNS:localhost', 'localhost')).logins).toBe(1);
    expect((await login('IP:127.0.0.1', 'localhost')).logins).toBe(0);
  });
});
