/** Keys and agents of this machine, against the real sshd of the lab. */
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { readKeyFile } from '../../../../steps/_targets/ssh/private-key.ts';
import { useLab } from '../../../support/lab.ts';
import { sshKeyPair } from '../../../support/ssh-keys.ts';
import { openSsh, text } from './lab-ssh.ts';

const lab = await useLab();
const before = process.env.SSH_AUTH_SOCK;
afterEach(() => {
  if (before === undefined) delete process.env.SSH_AUTH_SOCK;
  else process.env.SSH_AUTH_SOCK = before;
});

/** A socket's path holds some hundred characters. */
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'rb-key-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

const file = async (content: string, name = 'key'): Promise<string> => {
  const path = join(folder(), name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
};

const privateKey = (): string => sshKeyPair().private;

const ownKey = async (): Promise<ParsedKey> => {
  const parsed = ssh2.utils.parseKey(await readFile(lab.ssh.keyFile, 'utf8'));
  if (parsed instanceof Error) throw parsed;
  return [parsed].flat()[0] as ParsedKey;
};

const publicLine = (key: ParsedKey): string => `${key.type} ${key.getPublicSSH().toString('base64')} lab\n`;

const add = (socket: string, key: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const adding = execFile(
      'ssh-add',
      ['-q', '-'],
      { env: { ...process.env, SSH_AUTH_SOCK: socket } },
      (error) => (error ? reject(error) : resolve()),
    );
    adding.stdin?.end(key);
  });

/** A real ssh-agent with these keys, at SSH_AUTH_SOCK. */
const useAgent = async (...keys: readonly string[]): Promise<void> => {
  const socket = join(folder(), 's');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    agent.kill();
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  });
  await once(agent.stdout, 'data');
  for (const key of keys) await add(socket, key);
  process.env.SSH_AUTH_SOCK = socket;
};

describe('an agent', () => {
  const only = { key_file: '', agent: true } as const;

  it('of which one key fits', async () => {
    await useAgent(privateKey(), await readFile(lab.ssh.keyFile, 'utf8'));
    const { shell } = await openSsh(lab, only);
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  });

  it('with more keys than the host lets anybody try is named as the cause; its one key can be named', async () => {
    const own = await readFile(lab.ssh.keyFile, 'utf8');
    await useAgent(...Array.from({ length: 26 }, privateKey), own);
    await expect(openSsh(lab, only)).rejects.toMatchObject({
      code: 'auth',
      retry: false,
      message: expect.stringMatching(/after too many attempts: the agent offers 27 keys$/),
      remedy: expect.stringContaining('.pub'),
    });
    const key_file = await file(publicLine(await ownKey()), 'id.pub');
    const { shell } = await openSsh(lab, { key_file, agent: true });
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  }, 60_000);

  it.each([
    ['that is gone', async () => join(folder(), 'nobody'), /the SSH agent at \S+ does not answer/],
    [
      'that hangs up',
      async () => {
        const socket = join(folder(), 's');
        const server = createServer((peer) => peer.destroy()).listen(socket);
        await once(server, 'listening');
        onTestFinished(() => void server.close());
        return socket;
      },
      /the SSH agent at \S+ does not answer/,
    ],
  ])('%s is not the host', async (_, socket, message) => {
    process.env.SSH_AUTH_SOCK = await socket();
    const opening = openSsh(lab, only);
    await expect(opening).rejects.toMatchObject({ code: 'config', retry: false });
    await expect(opening).rejects.toThrow(message);
    // As for ssh, the key that is named beside it will do.
    const { shell } = await openSsh(lab, { agent: true });
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  });

  it('without keys, or none at all, is not the host', async () => {
    await useAgent();
    await expect(openSsh(lab, only)).rejects.toThrow('the SSH agent has no keys');
    delete process.env.SSH_AUTH_SOCK;
    await expect(openSsh(lab, only)).rejects.toThrow('there is no SSH agent');
  });
});

describe('a key file', () => {
  it('in PKCS8 logs in, with and without a passphrase', async () => {
    const pem = (await ownKey()).getPrivatePEM();
    expect(pem).toContain('-----BEGIN PRIVATE KEY-----');
    const { shell } = await openSsh(lab, { key_file: await file(pem) });
    expect(text((await shell.exec(['echo', 'in'])).stdout)).toBe('in\n');
  });

  it.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'ssh-rsa'],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ecdsa-sha2-nistp256'],
    ['ed25519', generateKeyPairSync('ed25519'), 'ssh-ed25519'],
  ])('in PKCS8 of type %s is read, locked too', async (_, pair, type) => {
    const lock = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
    const plain = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const locked = pair.privateKey.export({ type: 'pkcs8', format: 'pem', ...lock }).toString();
    const read = async (content: string, passphrase?: string) => {
      const found = await readKeyFile('vps', { path: './id', file: await file(content) }, passphrase);
      const parsed = found.kind === 'private' ? ssh2.utils.parseKey(found.pem) : found.key;
      return parsed instanceof Error ? parsed.message : [parsed].flat()[0]?.type;
    };
    expect(await read(plain)).toBe(type);
    expect(await read(locked, lock.passphrase)).toBe(type);
    await expect(read(locked)).rejects.toThrow('the key ./id has a passphrase, and none is given');
    await expect(read(locked, 'shut')).rejects.toThrow('the key ./id does not open with its passphrase');
  });

  it('that is the public half is told so, and never as a host that cannot be reached', async () => {
    delete process.env.SSH_AUTH_SOCK;
    const key_file = await file(publicLine(await ownKey()), 'id.pub');
    await expect(openSsh(lab, { key_file })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/id\.pub is a public key, and no agent has its private half$/),
      remedy: expect.stringContaining('without .pub'),
    });
  });

  it.each([
    [
      'locked',
      { passphrase: 'open', cipher: 'aes256-cbc', rounds: 1 },
      undefined,
      /has a passphrase, and none is given/,
    ],
    [
      'locked',
      { passphrase: 'open', cipher: 'aes256-cbc', rounds: 1 },
      'shut',
      /does not open with its passphrase/,
    ],
  ])('in OpenSSH format, %s', async (_, lock, passphrase, message) => {
    const key_file = await file(sshKeyPair(lock).private);
    const opening = openSsh(lab, { key_file, ...(passphrase && { passphrase }) });
    await expect(opening).rejects.toMatchObject({ code: 'config', retry: false });
    await expect(opening).rejects.toThrow(message);
  });
});
