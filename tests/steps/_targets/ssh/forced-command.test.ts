/** Accounts whose server runs something else than what the engine sends. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type ServerChannel } from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import { fingerprintOf } from '../../../../steps/_targets/ssh/known-hosts.ts';
import { open } from '../../../../steps/_targets/ssh/open.ts';
import { ssh } from '../../../../steps/_targets/ssh/target.ts';
import type { Shell } from '../../../../steps/_work/shell.ts';
import { sshKeyPair } from '../../../support/ssh-keys.ts';
import { targetContext } from './lab-ssh.ts';

const serve = async (forced: (channel: ServerChannel) => void): Promise<Shell> => {
  const key = sshKeyPair();
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    client.on('authentication', (asked) => asked.accept());
    client.on('session', (accept) => accept().on('exec', (begin) => forced(begin())));
    client.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const config = ssh.config.parse({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'deploy',
    password: 'anything',
    fingerprint: fingerprintOf(Buffer.from(key.public.split(' ')[1] ?? '', 'base64')),
  });
  const target = await open(targetContext(), config);
  onTestFinished(() => target.close());
  return target.client as Shell;
};

const end = (channel: ServerChannel) => {
  channel.exit(0);
  channel.end();
};

it('one that says back what it reads has no secret quoted in the complaint', async () => {
  const shell = await serve((channel) => {
    channel.on('data', (chunk: Buffer) => channel.write(chunk)).on('end', () => end(channel));
  });
  const asked = shell.exec(['true'], { env: { TOKEN: "s3cr'et-in-it" } });
  await expect(asked).rejects.toThrow(/^the account runs no commands there$/);
});

it('what another one says is the reason', async () => {
  const shell = await serve((channel) => {
    channel.write('Welcome\nThis account is not available.\n');
    channel.on('data', () => undefined).on('end', () => end(channel));
  });
  await expect(shell.exec(['true'])).rejects.toThrow(/there: This account is not available\.$/);
});
