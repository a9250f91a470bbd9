/** Debian's sshd as the way in to the VPS; as root in a mount namespace with accounts of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { runTool } from './run-tool.ts';
import { startServer } from './servers.ts';
import { type Access, fingerprintOf } from './session.ts';
import { sessionEnv, sharedFolders, vpsPaths } from './vps.ts';
import type { World } from './world.ts';

export const sshFiles = (dir: string) => ({
  hostKey: join(dir, 'ssh', 'host'),
  clientKey: join(dir, 'ssh', 'client'),
  knownHosts: join(dir, 'ssh', 'known_hosts'),
  /** Read by sshd as the login user, hence not in the private folder. */
  authorizedKeys: join(dir, 'vps', 'authorized_keys'),
});

const publicKey = (keyFile: string): string => readFileSync(`${keyFile}.pub`, 'utf8').trim();

/** How to get in: what a client needs to know of this VPS. */
export const accessTo = ({ dir, ports, accounts }: World): Access => ({
  host: '127.0.0.1',
  port: ports.ssh,
  user: accounts.login.user,
  keyFile: sshFiles(dir).clientKey,
  fingerprint: fingerprintOf(Buffer.from(publicKey(sshFiles(dir).hostKey).split(' ')[1] ?? '', 'base64')),
});

const makeKey = (file: string): void => {
  if (existsSync(file)) return;
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'runbook-lab' });
  writeFileSync(`${file}.pub`, `${pair.public}\n`);
  writeFileSync(file, pair.private, { mode: 0o600 });
};

export const startSshd = async (world: World): Promise<void> => {
  const { dir, debs, ports } = world;
  const files = sshFiles(dir);
  mkdirSync(join(dir, 'ssh'), { recursive: true, mode: 0o700 });
  for (const key of [files.hostKey, files.clientKey]) makeKey(key);
  writeFileSync(files.authorizedKeys, `${publicKey(files.clientKey)}\n`, { mode: 0o644 });
  const [type, blob] = publicKey(files.hostKey).split(' ');
  writeFileSync(files.knownHosts, `[127.0.0.1]:${ports.ssh} ${type} ${blob}\n`);
  const config = join(dir, 'ssh', 'sshd_config');
  writeFileSync(config, sshdConfig(world));
  const sshd = [debs.bin('usr/sbin/sshd'), '-D', '-e', '-f', config];
  await startServer(dir, {
    name: 'sshd',
    port: ports.ssh,
    env: debs.env,
    argv: world.accounts.namespace ? await inNamespace(world, sshd) : (sshd as [string, ...string[]]),
  });
};

/** MaxSessions: the default of 10 fails parallel commands on one connection. */
const sshdConfig = ({ dir, ports, accounts }: World): string => `
Port ${ports.ssh}
ListenAddress 127.0.0.1
HostKey ${sshFiles(dir).hostKey}
PidFile none
AuthorizedKeysFile ${sshFiles(dir).authorizedKeys}
AllowUsers ${accounts.login.user}
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
PrintLastLog no
UseDNS no
MaxSessions 100
MaxStartups 100
MaxAuthTries 20
SetEnv ${Object.entries(sessionEnv(dir))
  .map(([name, value]) => `${name}=${value}`)
  .join(' ')}
Subsystem sftp internal-sftp
`;

/** /run for sshd's own folder, /var/log so that logins leave no trace on the machine. */
const inNamespace = async (world: World, sshd: readonly string[]): Promise<[string, ...string[]]> => {
  await writeAccountFiles(world);
  const etc = (name: string) => join(world.dir, 'ssh', name);
  const mounts = [
    ...['passwd', 'group', 'shadow'].map((name) => `mount --bind ${quote(etc(name))} /etc/${name}`),
    ...sharedFolders(world.dir).map(([source, at]) => `mount --bind ${quote(source)} ${quote(at)}`),
    'mount -t tmpfs tmpfs /run',
    'mkdir -p /run/sshd /run/lock',
    'mount -t tmpfs tmpfs /var/log',
  ];
  return ['unshare', '-m', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sshd', ...sshd];
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const writeAccountFiles = async ({ dir, accounts, passwords }: World): Promise<void> => {
  const { user, identity } = accounts.login;
  const { uid, gid } = identity ?? { uid: 0, gid: 0 };
  const hash = await runTool('perl', ['-e', 'print crypt($ENV{PASSWORD}, q($6$runbooklab$))'], {
    env: { PATH: process.env.PATH, PASSWORD: passwords.ssh },
  });
  const machine = (name: string) => readFileSync(`/etc/${name}`, 'utf8').trimEnd();
  const add = (name: string, mode: number, ...lines: string[]) =>
    writeFileSync(join(dir, 'ssh', name), `${[machine(name), ...lines].join('\n')}\n`, { mode });
  const privsep = /^sshd:/m.test(machine('passwd')) ? [] : ['sshd:x:74:65534::/run/sshd:/usr/sbin/nologin'];
  add('passwd', 0o644, ...privsep, `${user}:x:${uid}:${gid}:lab:${vpsPaths(dir).home}:/bin/bash`);
  add('group', 0o644, `${user}:x:${gid}:`);
  add('shadow', 0o600, `${user}:${hash}:19000:0:99999:7:::`);
};
