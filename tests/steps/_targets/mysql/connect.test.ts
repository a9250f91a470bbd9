/** Logins that a server refuses for a reason of the account: not taken for a server that cannot be reached. */

import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import mysqlDriver from 'mysql2';
import { expect, onTestFinished, test } from 'vitest';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { useMysql } from '../../../support/mysql-server.ts';
import { mysqlConfig, openTarget } from '../../../support/open-target.ts';
import { useMysqlAccount } from '../../../support/own-account.ts';
import { useMysqlDatabase } from '../../../support/own-database.ts';

const refusedBy = (config: Record<string, unknown>): Promise<unknown> =>
  openTarget(mysql, config).catch((error: unknown) => error);

const mysql8 = await useMysql('mysql8');

test.skipIf('missing' in mysql8)('an expired password', async () => {
  if ('missing' in mysql8) return;
  const db = await useMysqlDatabase(mysql8.lab);
  const { user, password } = await useMysqlAccount(mysql8.lab, [`SELECT ON ${db.name}.*`]);
  await db.ask(`ALTER USER '${user}'@'127.0.0.1' PASSWORD EXPIRE`);
  expect(await refusedBy({ ...mysqlConfig(mysql8.lab, db.name), user, password })).toMatchObject({
    name: 'TargetError',
    code: 'auth',
    retry: false,
    remedy: expect.stringContaining('expired'),
  });
});

/** What follows the client's first answer, which is packet 1: another way to log in, and no choice. */
const switchTo = (plugin: string): Buffer => {
  const body = Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), Buffer.alloc(32, 1)]);
  return Buffer.concat([Buffer.from([body.byteLength, 0, 0, 2]), body]);
};

/** No server here has the plugin: one that asks for it and for nothing else. */
const serverThatAsksFor = async (plugin: string): Promise<number> => {
  const server = mysqlDriver.createServer((connection) => {
    connection.on('error', () => undefined);
    const { stream } = connection as unknown as { stream: Socket };
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '11.4.2-MariaDB',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0xffffff,
      authCallback: () => stream.write(switchTo(plugin)),
    });
  });
  server.listen(0);
  const { _server: listening } = server as unknown as { _server: Server };
  await once(listening, 'listening');
  onTestFinished(() => new Promise<void>((done) => listening.close(() => done())));
  return (listening.address() as AddressInfo).port;
};

test('a way to log in that the driver does not have', async () => {
  const port = await serverThatAsksFor('client_ed25519');
  expect(await refusedBy({ port, user: 'a', password: 'p', database: 'd' })).toMatchObject({
    name: 'TargetError',
    code: 'auth',
    retry: false,
    message: expect.stringContaining('client_ed25519'),
    remedy: expect.stringContaining('caching_sha2_password'),
  });
});
