/** One authenticated connection, host key verified, over node-ssh. */
import { readFile } from 'node:fs/promises';
import { type Config, NodeSSH } from 'node-ssh';
import parseDuration from 'parse-duration';
import ssh2 from 'ssh2';
import { type TargetContext, TargetError } from '../../../engine/target.ts';
import { unreachableBehind } from '../dial.ts';
import { DialFailed, type Shell } from '../shell.ts';
import { type HostKeyCheck, hostKeyCheck } from './host-key.ts';
import type { SshConfig } from './target.ts';

/** Nothing has happened when it throws (TargetError). */
export const connect = async (ctx: TargetContext, config: SshConfig): Promise<NodeSSH> => {
  const check = hostKeyCheck({
    target: ctx.name,
    host: config.host,
    port: config.port,
    trust: await trustOf(ctx, config),
  });
  const options: Config = {
    host: config.host,
    port: config.port,
    username: config.user,
    readyTimeout: milliseconds(config.connect_timeout),
    keepaliveInterval: milliseconds(config.keepalive),
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => check.verify(key),
    algorithms: { serverHostKey: hostKeyAlgorithms(check) },
    ...(await credentials(ctx, config)),
  };
  if (ctx.via) options.sock = await dialled(ctx.name, ctx.via, config);
  const ssh = new NodeSSH();
  const giveUp = () => ssh.dispose();
  ctx.signal.addEventListener('abort', giveUp, { once: true });
  try {
    await ssh.connect(options);
  } catch (error) {
    ssh.dispose();
    throw check.refusal() ?? whyNot(ctx.name, config, error);
  } finally {
    ctx.signal.removeEventListener('abort', giveUp);
  }
  // ssh2 emits late errors after `ready`; unheard they would end the engine. The channels' ends tell of them.
  ssh.connection?.on('error', () => undefined);
  ssh.connection?.setNoDelay(true);
  return ssh;
};

const dialled = async (
  target: string,
  via: Shell,
  { host, port }: SshConfig,
): Promise<NonNullable<Config['sock']>> => {
  try {
    return (await via.dial(host, port)) as NonNullable<Config['sock']>;
  } catch (error) {
    throw error instanceof DialFailed ? unreachableBehind(target, error) : error;
  }
};

const milliseconds = (text: string): number => parseDuration(text) ?? 0;

const trustOf = async (ctx: TargetContext, config: SshConfig) => {
  if (config.fingerprint !== undefined) return { fingerprint: config.fingerprint };
  const path = config.known_hosts ?? '';
  const text = await readFile(ctx.resolve(path), 'utf8').catch((cause: unknown) => {
    throw unusable(
      ctx.name,
      `${path} cannot be read`,
      'Put the known_hosts file there, relative to the runbook.',
      cause,
    );
  });
  return { text, path };
};

/** The types known for the host first, so that a server with several keys offers the one that is known. */
const hostKeyAlgorithms = ({ preferred }: HostKeyCheck) => {
  const others = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];
  const rsa = ['rsa-sha2-512', 'rsa-sha2-256'];
  const supported = new Set([...others, ...rsa, 'ssh-rsa']);
  const wanted = preferred.filter((name) => supported.has(name));
  type Algorithm = Extract<
    NonNullable<NonNullable<Config['algorithms']>['serverHostKey']>,
    unknown[]
  >[number];
  return [...new Set([...wanted, ...others, ...rsa])] as Algorithm[];
};

const credentials = async (ctx: TargetContext, config: SshConfig): Promise<Config> => {
  const { key_file, password } = config;
  const agent = process.env.SSH_AUTH_SOCK;
  if (config.agent && !agent) {
    throw unusable(ctx.name, 'there is no SSH agent', 'Start one (ssh-agent), or set SSH_AUTH_SOCK.');
  }
  if (key_file === undefined && password === undefined && !agent) {
    throw unusable(ctx.name, 'it has neither key, agent nor password', 'Set key_file, agent or password.');
  }
  const none = key_file === undefined && password === undefined;
  return {
    ...(key_file !== undefined && (await privateKey(ctx, key_file, config))),
    ...((config.agent || none) && agent && { agent }),
    ...(password !== undefined && { password: ctx.reveal(password), tryKeyboard: true }),
  };
};

const privateKey = async (ctx: TargetContext, path: string, { passphrase }: SshConfig): Promise<Config> => {
  const key = await readFile(ctx.resolve(path), 'utf8').catch((cause: unknown) => {
    throw unusable(
      ctx.name,
      `the key ${path} cannot be read`,
      'Mend `key_file`, or the rights of the file.',
      cause,
    );
  });
  const revealed = passphrase === undefined ? undefined : ctx.reveal(passphrase);
  const parsed = ssh2.utils.parseKey(key, revealed);
  if (parsed instanceof Error) {
    const locked = /passphrase|integrity|decrypt/i.test(parsed.message);
    throw unusable(
      ctx.name,
      locked ? `the key ${path} does not open` : `${path} is no private key: ${parsed.message}`,
      locked ? 'Give its `passphrase`, as a secret.' : 'Name a private key in OpenSSH or PEM format.',
      parsed,
    );
  }
  return { privateKey: key, ...(revealed !== undefined && { passphrase: revealed }) };
};

const unusable = (target: string, message: string, remedy: string, cause?: unknown): TargetError =>
  new TargetError(target, 'config', message, remedy, cause === undefined ? {} : { cause });

const whyNot = (target: string, { host, port, user }: SshConfig, error: unknown): TargetError => {
  const { level, message } = error as Error & { level?: string };
  if (level === 'client-authentication' || level === 'agent') {
    return new TargetError(
      target,
      'auth',
      `${host}:${port} did not let ${user} in`,
      `Check the user, its key, agent or password: ssh -p ${port} ${user}@${host}`,
      { cause: error },
    );
  }
  return new TargetError(
    target,
    'unreachable',
    `${host}:${port} cannot be reached: ${message}`,
    `Check the network and that sshd runs: nc -vz ${host} ${port}`,
    { cause: error },
  );
};
