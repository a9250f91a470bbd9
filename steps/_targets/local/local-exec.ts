/** One command on this machine, over execa, in a process group of its own. */
import { execa } from 'execa';
import type { TargetError } from '../../../engine/target.ts';
import { newMark, workVariable } from '../living-work.ts';
import { missingBinary, missingFolder } from '../not-started.ts';
import { endGroup, type ProcessGroup } from '../process-group.ts';
import { type ExecOptions, type ExecResult, NotEnded } from '../shell.ts';
import { TailBuffer } from '../tail-buffer.ts';
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
    env: { ...options.env, [workVariable]: mark },
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  });
  const kept = { stdout: new TailBuffer(keepBytes), stderr: new TailBuffer(keepBytes) };
  subprocess.stdout.on('data', (chunk: Uint8Array) => {
    kept.stdout.push(chunk);
    options.onStdout?.(chunk);
  });
  subprocess.stderr.on('data', (chunk: Uint8Array) => {
    kept.stderr.push(chunk);
    options.onStderr?.(chunk);
  });
  const { pid } = subprocess;
  const aborted = pid === undefined ? undefined : endOnAbort(localGroup(pid, mark, beganAt), pid, options);
  const result = await (aborted ? Promise.race([subprocess, aborted.ended]) : subprocess);
  aborted?.ignore();
  if (result === 'ended' || signal?.aborted) {
    await aborted?.ended;
    // A descendant that left the group may hold the pipes open: it must not hold the engine.
    subprocess.stdout.destroy();
    subprocess.stderr.destroy();
    throw signal?.reason;
  }
  if (result.exitCode === undefined && result.signal === undefined) {
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

/** `ended` settles only after the signal fired: when the work is proven dead, or with NotEnded. */
const endOnAbort = (group: ProcessGroup, pid: number, { signal, killGraceMs }: ExecOptions) => {
  if (!signal) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<'ended'>();
  const end = () =>
    endGroup(group, killGraceMs).then(
      (dead) =>
        dead ? resolve('ended') : reject(new NotEnded(`process ${pid} or one that it started did not end`)),
      reject,
    );
  signal.addEventListener('abort', end, { once: true });
  return { ended: promise, ignore: () => signal.removeEventListener('abort', end) };
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
