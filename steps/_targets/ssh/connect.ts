/** One authenticated connection, host key verified, over node-ssh. */
import { readFile } from 'node:fs/promises';
import { type Config, NodeSSH } from 'node-ssh';
import { type TargetContext, TargetError } from '../../../engine/target.ts';
import { shownDuration } from '../../_kits/duration.ts';
import { unreachableBehind } from '../../_kits/network/dial.ts';
import { DialFailed, type Shell } from '../../_work/shell.ts';
import { credentials } from './credentials.ts';
import { type HostKeyCheck, hostKeyCheck } from './host-key.ts';
import type { SshConfig } from './target.ts';
import { Login, whyNot } from './why-not.ts';

/** Nothing has happened when it throws (TargetError). */
export const connect = async (ctx: TargetContext, config: SshConfig): Promise<NodeSSH> => {
  const check = hostKeyCheck({
    target: ctx.name,
    host: config.host,
    port: config.port,
    trust: await trustOf(ctx, config),
  });
  const given = await credentials(ctx, config);
  const login = new Login(given);
  const options: Config = {
    host: config.host,
    port: config.port,
    username: config.user,
    readyTimeout: config.connect_timeout,
    keepaliveInterval: config.keepalive,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => check.verify(key),
    algorithms: { serverHostKey: hostKeyAlgorithms(check) },
    ...given.options,
    // ssh2's types know only the form with a callback.
    authHandler: login.handler as unknown as NonNullable<Config['authHandler']>,
  };
  if (ctx.via) options.sock = await dialled(ctx.name, ctx.via, config);
  const ssh = new NodeSSH();
  const giveUp = () => ssh.dispose();
  ctx.signal.addEventListener('abort', giveUp, { once: true });
  try {
    await ssh.connect(options);
  } catch (error) {
    ssh.dispose();
    const connectTimeout = shownDuration(config.connect_timeout);
    const attempt = { target: ctx.name, address: config, connectTimeout, login, credentials: given };
    throw check.refusal() ?? whyNot(attempt, error);
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

const unusable = (target: string, message: string, remedy: string, cause?: unknown): TargetError =>
  new TargetError(target, 'config', message, remedy, cause === undefined ? {} : { cause });
