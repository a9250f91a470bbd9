/** Debian's sshd as the way in to the VPS; as root with a user of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { accountFile, wrapperEnv, writeAccountFiles } from './account-files.ts';
import { inNamespace } from './namespace.ts';
import { type ServerSpec, startServer } from './servers.ts';
import { type Access, fingerprintOf } from './session.ts';
import { sessionEnv, sharedFolders } from './vps.ts';
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
  // One in two hundred that ssh2 makes is one that it cannot read.
  let pair: ReturnType<typeof ssh2.utils.generateKeyPairSync>;
  do pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'runbook-lab' });
  while (ssh2.utils.parseKey(pair.private) instanceof Error);
  writeFileSync(`${file}.pub`, `${pair.public}\n`);
  writeFileSync(file, pair.private, { mode: 0o600 });
};

/** Keys and settings: everything that sshd and its clients read. */
export const writeSshFiles = (world: World, listen = '127.0.0.1'): string => {
  const { dir, ports } = world;
  const files = sshFiles(dir);
  mkdirSync(join(dir, 'ssh'), { recursive: true, mode: 0o700 });
  for (const key of [files.hostKey, files.clientKey]) makeKey(key);
  writeFileSync(files.authorizedKeys, `${publicKey(files.clientKey)}\n`, { mode: 0o644 });
  const [type, blob] = publicKey(files.hostKey).split(' ');
  writeFileSync(files.knownHosts, `[127.0.0.1]:${ports.ssh} ${type} ${blob}\n`);
  const config = join(dir, 'ssh', 'sshd_config');
  writeFileSync(config, sshdConfig(world, listen));
  return config;
};

export const startSshd = async (world: World): Promise<void> => {
  const { dir, ports } = world;
  const config = writeSshFiles(world);
  await writeAccountFiles(world);
  await startServer(dir, { name: 'sshd', port: ports.ssh, ...program(world, config) });
};

const program = (world: World, config: string): Pick<ServerSpec, 'argv' | 'env'> => {
  const { dir, debs, accounts } = world;
  const sshd = [debs.bin('usr/sbin/sshd'), '-D', '-e', '-f', config] as const;
  if (accounts.known === 'mounts') return { argv: inNamespace(dir, sharedFolders(dir), sshd), env: debs.env };
  if (accounts.known === 'same') return { argv: sshd, env: debs.env };
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const shadow = { NSS_WRAPPER_SHADOW: accountFile(dir, 'shadow') };
  return { argv: sshd, env: { ...debs.env, ...wrapperEnv(dir, accounts, debs), ...shadow } };
};

/** MaxSessions: the default of 10 fails parallel commands on one connection. */
const sshdConfig = ({ dir, ports, accounts, debs }: World, listen: string): string => `
Port ${ports.ssh}
ListenAddress ${listen}
HostKey ${sshFiles(dir).hostKey}
PidFile none
AuthorizedKeysFile ${sshFiles(dir).authorizedKeys}
AllowUsers ${accounts.login.user}
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
SetEnv ${Object.entries({ ...sessionEnv(dir), ...wrapperEnv(dir, accounts, debs) })
  .map(([name, value]) => `${name}=${value}`)
  .join(' ')}
Subsystem sftp internal-sftp
`;
