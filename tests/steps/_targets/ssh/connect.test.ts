import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { open } from '../../../../steps/_targets/ssh/open.ts';
import { ssh } from '../../../../steps/_targets/ssh/target.ts';
import type { Shell } from '../../../../steps/_work/shell.ts';
import { useLab } from '../../../support/lab.ts';
import { labConfig, openSsh, targetContext, text } from './lab-ssh.ts';

const lab = await useLab();

const file = async (name: string, content: string): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'runbook-ssh-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
};

const strangersKey = (): string =>
  ssh2.utils.generateKeyPairSync('ed25519').public.split(' ').slice(0, 2).join(' ');

const hostName = `[${lab.ssh.host}]:${lab.ssh.port}`;

describe('the host key', () => {
  it('is accepted by its pinned fingerprint', async () => {
    const { shell } = await openSsh(lab, { known_hosts: '', fingerprint: lab.ssh.fingerprint });
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  });

  it('that changed is refused, with both fingerprints, and never tried again', async () => {
    const known_hosts = await file('known_hosts', `${hostName} ${strangersKey()}\n`);
    const refused = openSsh(lab, { known_hosts });
    await expect(refused).rejects.toMatchObject({ name: 'TargetError', code: 'host-key', retry: false });
    await expect(refused).rejects.toThrow(lab.ssh.fingerprint);
    await expect(refused).rejects.toThrow(/known_hosts has ssh-ed25519 SHA256:\S+ \(line 1\)/);
  });

  it('that differs from the pinned one is refused', async () => {
    const fingerprint = `SHA256:${'A'.repeat(43)}`;
    await expect(openSsh(lab, { known_hosts: '', fingerprint })).rejects.toThrow(`pinned is ${fingerprint}`);
  });

  it('of a host that is not in the file is refused, and shown for comparison', async () => {
    const known_hosts = await file('known_hosts', '');
    await expect(openSsh(lab, { known_hosts })).rejects.toMatchObject({
      code: 'host-key',
      message: expect.stringContaining(lab.ssh.fingerprint),
      remedy: expect.stringContaining('ssh-keyscan'),
    });
  });

  it('is needed: a config without one is invalid', () => {
    const { known_hosts, ...config } = labConfig(lab);
    expect(known_hosts).toBeDefined();
    expect(ssh.config.safeParse(config).success).toBe(false);
  });
});

describe('signing in', () => {
  it('with a password', async (test) => {
    if (lab.ssh.password === null) return test.skip('the lab does not run as root');
    const { shell } = await openSsh(lab, { key_file: '', password: lab.ssh.password });
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  });

  it('with a wrong password is refused, not retried, and the password is not told', async () => {
    const refused = openSsh(lab, { key_file: '', password: 'wrong-horse' });
    await expect(refused).rejects.toMatchObject({ code: 'auth', retry: false });
    await expect(refused).rejects.not.toThrow('wrong-horse');
  });

  it('with a strange key is refused', async () => {
    const key_file = await file('key', ssh2.utils.generateKeyPairSync('ed25519').private);
    await expect(openSsh(lab, { key_file })).rejects.toMatchObject({ code: 'auth' });
  });

  it('with a locked key asks for its passphrase', async () => {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: 'open',
      cipher: 'aes256-cbc',
      rounds: 1,
    });
    const key_file = await file('key', pair.private);
    await expect(openSsh(lab, { key_file })).rejects.toMatchObject({
      code: 'config',
      remedy: expect.stringContaining('passphrase'),
    });
  });

  it('with a file that is missing or no key says so', async () => {
    await expect(openSsh(lab, { key_file: '/no/such/key' })).rejects.toThrow('/no/such/key cannot be read');
    const key_file = await file('key', 'hello');
    await expect(openSsh(lab, { key_file })).rejects.toThrow('is no private key');
  });
});

describe('a host that cannot be reached', () => {
  it('is told apart and may be tried again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((up) => server.once('listening', up));
    const { port } = server.address() as { port: number };
    await new Promise((down) => server.close(down));
    await expect(openSsh(lab, { port })).rejects.toMatchObject({ code: 'unreachable', retry: true });
  });

  it('is given up after connect_timeout when it says nothing', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((up) => server.once('listening', up));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    await expect(openSsh(lab, { port, connect_timeout: '100ms' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

describe('a host behind another one', () => {
  it('is reached through it, its own key checked', async () => {
    const { shell: via } = await openSsh(lab);
    const behind = await open(targetContext({ name: 'behind', via }), ssh.config.parse(labConfig(lab)));
    onTestFinished(() => behind.close());
    const shell = behind.client as Shell;
    expect(text((await shell.exec(['echo', 'through'])).stdout)).toBe('through\n');
  });
});
