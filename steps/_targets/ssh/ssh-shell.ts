/** Shell over SSH. Nothing secret is on the remote command line: everything travels over stdin. */
import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { TargetError } from '../../../engine/target.ts';
import { newMark, workVariable } from '../../_work/living-work.ts';
import { missingBinary, missingFolder, noProcessGroup } from '../../_work/not-started.ts';
import { endGroup, groupOver } from '../../_work/process-group.ts';
import { reasonOf } from '../../_work/reason.ts';
import {
  ConnectionLost,
  type ExecOptions,
  type ExecResult,
  NotEnded,
  type Shell,
} from '../../_work/shell.ts';
import { groupSignal } from '../../_work/supervisor/scripts.ts';
import { TailBuffer } from '../../_work/tail-buffer.ts';
import { ChannelLimit } from './channel-limit.ts';
import type { Link } from './link.ts';
import { Preamble } from './preamble.ts';
import { plainLogin, type RemoteLogin, remoteBootstrap, remoteLine } from './remote-command.ts';
import { untilQuiet } from './until-quiet.ts';

const defaultKeepBytes = 1024 * 1024;
/** How long an abort waits to hear which process it has to end. */
const pidMs = 5_000;

type Argv = readonly [string, ...string[]];

export const sshShell = (
  place: string,
  link: Link,
  stateDir: string | undefined,
  login: RemoteLogin = plainLogin,
): Shell => {
  const sessions = new ChannelLimit(8);
  const there: There = { link, place, login };
  return {
    place,
    ...(stateDir !== undefined && { stateDir }),
    exec: (argv, options = {}) => sessions.run(() => execOver(there, argv, options)),
    dial: (host, port) => link.tunnel(host, port),
  };
};

interface There {
  readonly link: Link;
  readonly place: string;
  readonly login: RemoteLogin;
}

const execOver = async (there: There, argv: Argv, options: ExecOptions): Promise<ExecResult> => {
  const { link, place, login } = there;
  options.signal?.throwIfAborted();
  const token = randomBytes(12).toString('hex');
  const mark = newMark();
  const beganAt = performance.now();
  const line = remoteLine(token, argv, { ...options, env: { ...options.env, [workVariable]: mark } }, login);
  const channel = await link.session(remoteBootstrap);
  if (options.signal?.aborted) {
    // Fired while the connection was being made: its listeners would never hear, and nothing was sent yet.
    channel.close();
    throw options.signal.reason;
  }
  const reachable = () => execOver(there, ['true'], {});
  const running = run(channel, token, place, argv, options, reachable);
  if (!options.signal) {
    send(channel, line, options.stdin);
    return running.result.finally(() => channel.close());
  }
  const ended = Promise.withResolvers<never>();
  // From then on its exit is our doing, whatever code it leaves.
  let ending = false;
  const onAbort = () => {
    if (running.isOver()) return;
    ending = true;
    endRemote(there, running.pid, { mark, beganAt, killGraceMs: options.killGraceMs }).then(
      (dead) =>
        ended.reject(dead ? options.signal?.reason : new NotEnded(`${argv[0]} on ${place} did not end`)),
      (cause: unknown) => ended.reject(new NotEnded(`${argv[0]} on ${place} could not be ended`, { cause })),
    );
  };
  options.signal.addEventListener('abort', onAbort, { once: true });
  ended.promise.catch(() => undefined);
  send(channel, line, options.stdin);
  try {
    const result = await Promise.race([running.result, ended.promise]).catch((error: unknown) => {
      if (error instanceof ConnectionLost && ending) return ended.promise;
      throw error;
    });
    return ending ? await ended.promise : result;
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    channel.close();
  }
};

const send = (channel: ClientChannel, line: string, stdin: string | Uint8Array | undefined): void => {
  channel.write(line);
  channel.end(stdin ?? '');
};

/** `pid` settles with null when the command was never started. */
const run = (
  channel: ClientChannel,
  token: string,
  place: string,
  argv: Argv,
  options: ExecOptions,
  reachable: () => Promise<unknown>,
) => {
  const { keepBytes = defaultKeepBytes } = options;
  const pid = Promise.withResolvers<number | null>();
  const kept = { stdout: new TailBuffer(keepBytes), stderr: new TailBuffer(keepBytes) };
  let refused: string | null = null;
  const stdout = new Preamble(
    token,
    () => undefined,
    (chunk) => {
      kept.stdout.push(chunk);
      options.onStdout?.(chunk);
    },
  );
  const told = (words: string) => {
    const [word, number] = words.split(' ');
    if (word !== 'pid') refused = word ?? '';
    pid.resolve(word === 'pid' ? Number(number) : null);
  };
  const stderr = new Preamble(token, told, (chunk) => {
    kept.stderr.push(chunk);
    options.onStderr?.(chunk);
  });
  let exit: { code: number | null; signal: string | null } | null = null;
  let chunks = 0;
  const settled = new AbortController();
  const result = new Promise<ExecResult>((resolve, reject) => {
    channel.on('exit', (code: number | null, signal?: string) => {
      exit = { code, signal: signal ? `SIG${signal.replace(/^SIG/, '')}` : null };
      if (options.untilExit)
        untilQuiet({ chunks: () => chunks, reachable, settled: settled.signal }).then(
          finish,
          () => undefined,
        );
    });
    channel.on('data', (chunk: Buffer) => {
      chunks += 1;
      stdout.push(chunk);
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      chunks += 1;
      stderr.push(chunk);
    });
    channel.on('error', () => undefined);
    channel.on('close', () => finish());
    const finish = () => {
      settled.abort();
      if (exit === null) return reject(new ConnectionLost(`the connection to ${place} was lost`));
      pid.resolve(null);
      if (refused !== null) return reject(whyRefused(place, argv, options, refused));
      if (stderr.unmarked !== null) return reject(noCommands(place, token, stdout.unmarked, stderr.unmarked));
      resolve({
        exitCode: exit.code ?? null,
        signal: exit.signal,
        stdout: kept.stdout.bytes(),
        stderr: kept.stderr.bytes(),
        truncated: kept.stdout.truncated || kept.stderr.truncated,
      });
    };
  });
  result.catch(() => undefined);
  return { pid: pid.promise, result, isOver: () => options.untilExit === true && exit !== null };
};

const whyRefused = (place: string, argv: Argv, options: ExecOptions, word: string): TargetError => {
  if (word === 'no-folder') return missingFolder(place, options.cwd ?? '');
  return word === 'no-group' ? noProcessGroup(place) : missingBinary(place, argv[0]);
};

/**
 * The account ran something else than our line: nologin, a forced command. One that says back what it reads
 * says the secrets of the line, quoted as nobody would look for them.
 */
const noCommands = (place: string, token: string, out: string | null, err: string): TargetError => {
  const all = `${out ?? ''}\n${err}`;
  const said = all.includes(token) ? '' : reasonOf([err, out ?? '']);
  return new TargetError(
    place,
    'config',
    `the account runs no commands there${said && `: ${said}`}`,
    'Give it a login shell, and no forced command in authorized_keys.',
  );
};

/** Over a session of its own, past the limit: the command's own is still in use. */
const endRemote = async (
  there: There,
  told: Promise<number | null>,
  work: { readonly mark: string; readonly beganAt: number; readonly killGraceMs: number | undefined },
): Promise<boolean> => {
  const pid = await within(told, pidMs);
  if (pid === undefined) return false;
  if (pid === null) return true;
  const signal = async (name: string, _trusted: string, known: string) => {
    const ageMs = String(Math.ceil(performance.now() - work.beganAt));
    const argv: Argv = ['sh', '-c', groupSignal, 'runbook', String(pid), work.mark, name, known, ageMs];
    const { stdout } = await execOver(there, argv, {});
    return Buffer.from(stdout).toString().trim();
  };
  return endGroup(groupOver(signal, '1'), work.killGraceMs);
};

const within = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
