/** One command on this machine, over execa, in a process group of its own. */
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { execa } from 'execa';
import type { TargetError } from '../../../engine/target.ts';
import { newMark, workVariable } from '../../_work/living-work.ts';
import { missingBinary, missingFolder } from '../../_work/not-started.ts';
import { endGroup, type ProcessGroup } from '../../_work/process-group.ts';
import { type ExecOptions, type ExecResult, NotEnded, quietMs } from '../../_work/shell.ts';
import { TailBuffer } from '../../_work/tail-buffer.ts';
import { isFolder } from './is-folder.ts';
import { localGroup } from './local-group.ts';

const defaultKeepBytes = 1024 * 1024;

export const localExec = async (
  place: string,
  [file, ...args]: readonly [string, ...string[]],
  options: ExecOptions = {},
): Promise<ExecResult> => {
  const { signal, keepBytes = defaultKeepBytes } = options;
  signal?.throwIfAborted();
  const mark = newMark();
  const beganAt = performance.now();
  const subprocess = execa(file, args, {
    reject: false,
    // A group of its own: a Ctrl-C at the terminal must reach the engine only, and ending it must reach all.
    detached: true,
    encoding: 'buffer',
    buffer: false,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    // Else the engine's own folder would be told as the command's.
    env: {
      ...(options.cwd !== undefined && { PWD: resolve(options.cwd) }),
      ...options.env,
      [workVariable]: mark,
    },
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  });
  const kept = { stdout: new TailBuffer(keepBytes), stderr: new TailBuffer(keepBytes) };
  const own = new OwnExit(subprocess.nodeChildProcess, options.untilExit ?? false);
  subprocess.stdout.on('data', (chunk: Uint8Array) => {
    own.heard();
    kept.stdout.push(chunk);
    options.onStdout?.(chunk);
  });
  subprocess.stderr.on('data', (chunk: Uint8Array) => {
    own.heard();
    kept.stderr.push(chunk);
    options.onStderr?.(chunk);
  });
  const { pid } = subprocess;
  const aborted =
    pid === undefined ? undefined : endOnAbort(localGroup(pid, mark, beganAt), pid, own, options);
  const result = await Promise.race([subprocess, own.quiet, ...(aborted ? [aborted.ended] : [])]);
  aborted?.ignore();
  own.ignore();
  // Once it is being ended, its exit is our doing, whatever code it leaves.
  const isOver = options.untilExit === true && aborted?.ending() !== true;
  if (result === 'ended' || (signal?.aborted && !isOver)) {
    await aborted?.ended;
    // A descendant that left the group may hold the pipes open: it must not hold the engine.
    subprocess.stdout.destroy();
    subprocess.stderr.destroy();
    throw signal?.reason;
  }
  if (result instanceof Exit) {
    subprocess.stdout.destroy();
    subprocess.stderr.destroy();
    subprocess.catch(() => undefined);
  } else if (result.exitCode === undefined && result.signal === undefined) {
    throw await whyNotStarted(place, file, options.cwd, result.cause ?? result);
  }
  return {
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: kept.stdout.bytes(),
    stderr: kept.stderr.bytes(),
    truncated: kept.stdout.truncated || kept.stderr.truncated,
  };
};

class Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  constructor(exitCode: number | null, signal: NodeJS.Signals | null) {
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** The command's own end, where that counts; `quiet` settles once nothing more of its output has come since. */
class OwnExit {
  readonly quiet: Promise<Exit>;
  readonly #counts: boolean;
  readonly #resolve: (exit: Exit) => void;
  #exit: Exit | null = null;
  /** Whoever is left may go on talking for ever; what the command itself has said is in the pipe by now. */
  #atMost = 0;
  #timer: NodeJS.Timeout | undefined;
  #ignored = false;

  constructor(child: ChildProcess | undefined, counts: boolean) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.quiet = promise;
    this.#resolve = resolve;
    this.#counts = counts;
    if (counts)
      child?.once('exit', (code, signal) => {
        this.#exit = new Exit(code, signal);
        this.#atMost = performance.now() + 5 * quietMs;
        this.heard();
      });
  }

  heard(): void {
    if (this.#exit === null || this.#ignored) return;
    const exit = this.#exit;
    clearTimeout(this.#timer);
    const leftMs = this.#atMost - performance.now();
    this.#timer = setTimeout(() => this.#resolve(exit), Math.max(0, Math.min(quietMs, leftMs)));
  }

  async isOver(): Promise<boolean> {
    if (this.#counts) await turn();
    return this.#exit !== null;
  }

  ignore(): void {
    clearTimeout(this.#timer);
    this.#ignored = true;
  }
}

/** `ended` settles only after the signal fired: when the work is proven dead, or with NotEnded. */
const endOnAbort = (group: ProcessGroup, pid: number, own: OwnExit, { signal, killGraceMs }: ExecOptions) => {
  if (!signal) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<'ended'>();
  let ending = false;
  const end = async () => {
    // Its own end may stand in the same turn of events as the signal.
    if (await own.isOver()) return;
    ending = true;
    await endGroup(group, killGraceMs).then(
      (dead) =>
        dead ? resolve('ended') : reject(new NotEnded(`process ${pid} or one that it started did not end`)),
      reject,
    );
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    ended: promise,
    ending: () => ending,
    ignore: () => signal.removeEventListener('abort', end),
  };
};

/** The runtime says ENOENT for both a missing program and a missing folder. */
const whyNotStarted = async (
  place: string,
  file: string,
  cwd: string | undefined,
  cause: unknown,
): Promise<TargetError> =>
  cwd === undefined || (await isFolder(cwd))
    ? missingBinary(place, file, cause)
    : missingFolder(place, cwd, cause);
