/** Supervision by short commands over any Shell. */
import { randomBytes } from 'node:crypto';
import { TargetError } from '../../../engine/target.ts';
import { missingBinary, missingFolder } from '../not-started.ts';
import { bootstrap, bootstrapLine } from '../posix-shell.ts';
import { endGroup, groupOver } from '../process-group.ts';
import { reasonOf } from '../reason.ts';
import type { ExecOptions, Shell } from '../shell.ts';
import { followBy, type Peek } from './follow.ts';
import * as scripts from './scripts.ts';
import {
  type Job,
  type JobState,
  jobFolder,
  longestStdin,
  type Supervisor,
  type Work,
} from './supervisor.ts';

/** Of each stream at a look; more follows at once. */
const peekBytes = 256 * 1024;

export const superviseOver = (shell: Pick<Shell, 'place' | 'exec' | 'stateDir'>): Supervisor => {
  const folder = (name: string) => [shell.stateDir ?? '', name] as const;

  const run = async (script: string, args: readonly string[], stdin = '', options: ExecOptions = {}) => {
    const line = bootstrapLine(script, args);
    const result = await shell.exec(['sh', '-c', bootstrap], { ...options, stdin: line + stdin });
    // Killed in the middle, it may have started the work: that is no refusal.
    if (result.exitCode === null)
      throw new Error(`the supervisor on ${shell.place} was ended by ${result.signal}`);
    if (result.exitCode !== 0) throw stateFailure(shell.place, Buffer.from(result.stderr).toString());
    return Buffer.from(result.stdout);
  };

  const peek =
    (job: Job, mostBytes = peekBytes): Peek =>
    async (outFrom, errFrom) => {
      const args = [...folder(jobFolder(job)), String(outFrom), String(errFrom), String(mostBytes)];
      const answer = await run(scripts.peek, args, '', { keepBytes: 3 * peekBytes });
      const header = answer.indexOf(0x0a);
      const [verdict = '', out, , outSize, errSize, ...at] = answer.subarray(0, header).toString().split(' ');
      const body = answer.subarray(header + 1);
      return {
        job: jobState(verdict),
        out: { bytes: body.subarray(0, Number(out)), size: Number(outSize) },
        err: { bytes: body.subarray(Number(out)), size: Number(errSize) },
        at: `${shell.place}:${at.join(' ')}`,
      };
    };

  const look = async (job: Job): Promise<JobState> =>
    jobState((await run(scripts.look, folder(jobFolder(job)))).toString().trim());

  return {
    async start(job, work) {
      const { token, stdin } = sealed(shell.place, work);
      const args = [scripts.superviseHere, ...folder(jobFolder(job)), work.cwd ?? '', token, ...work.argv];
      const answer = await run(scripts.superviseDetached, args, stdin, { env: work.env });
      accept(shell.place, work, answer.toString());
    },
    follow: (job, follower) => followBy(peek(job), follower),
    look,
    async isClaimed(job) {
      const { state } = (await peek(job, 0)(0, 0)).job;
      return state !== 'absent' && state !== 'lost';
    },
    async end(job, killGraceMs) {
      // A launch may still be on its way, in the buffers of a connection whose engine is dead: it is barred.
      const { state } = await look(job);
      if (state === 'absent') return true;
      if (state === 'lost') return false;
      const signal = async (...args: [name: string, trusted: string, known: string]) =>
        (await run(scripts.signal, [...folder(jobFolder(job)), ...args])).toString().trim();
      if ((await signal('0', '0', '')) === 'strange') return false;
      const group = groupOver(signal);
      return endGroup(group, killGraceMs);
    },
    async forget(runId) {
      await run(scripts.forget, folder(runId));
    },
  };
};

/** The token at the end proves that nothing of the text was cut off on its way. */
export const sealed = (place: string, { stdin }: Work): { token: string; stdin: string } => {
  if (stdin === undefined) return { token: '', stdin: '' };
  if (Buffer.byteLength(stdin) > longestStdin || stdin.includes('\0')) {
    throw new TargetError(
      place,
      'config',
      'stdin of a writing command is text of at most 1 MiB without NUL bytes',
      'Write it to a file first, and let the command read that.',
    );
  }
  const token = `#${randomBytes(12).toString('hex')}`;
  return { token, stdin: stdin + token };
};

/** `started`, or `refused N`: an attempt that was claimed before is simply followed. */
export const accept = (place: string, work: Work, answer: string): void => {
  const [word, code] = answer.trim().split(' ');
  if (word === 'started' || Number(code) === scripts.refusals.claimed) return;
  throw refusal(place, work, Number(code), answer);
};

const refusal = (place: string, work: Work, code: number, answer: string): Error => {
  const { refusals } = scripts;
  switch (code) {
    case refusals.folder:
      return missingFolder(place, work.cwd ?? '');
    case refusals.binary:
      return missingBinary(place, work.argv[0]);
    case refusals.stdin:
      return new TargetError(
        place,
        'unreachable',
        'the stdin of the command was cut off on its way',
        'Try again.',
      );
    case refusals.printf:
      return new TargetError(
        place,
        'config',
        'sh has no built-in printf there: stdin would be seen on a command line',
        'Make sh a dash, bash or busybox sh.',
      );
    case refusals.state:
      return stateFailure(place, 'it cannot be written');
    default:
      return new Error(`the supervisor on ${place} answered ${JSON.stringify(answer)}`);
  }
};

export const stateFailure = (
  place: string,
  why: string,
  remedy = 'Make ~/.local/state/runbook writable there, or set `state_dir` of the target.',
): TargetError => new TargetError(place, 'config', `the state folder of the run: ${reasonOf([why])}`, remedy);

const jobState = (verdict: string): JobState => {
  const [word = '', pids] = verdict.split(':');
  // An older engine's supervisor has not recorded how long it took.
  if (/^\d+$/.test(word))
    return { state: 'exited', exitCode: Number(word), tookMs: pids ? Number(pids) : null };
  if ((word === 'orphaned' || word === 'stray') && pids)
    return { state: word, pids: pids.split(',').map(Number) };
  switch (verdict) {
    case 'absent':
    case 'lost':
    case 'alive':
    case 'ended':
    case 'gone':
      return { state: verdict };
    default:
      throw new Error(`the supervisor answered ${JSON.stringify(verdict)}`);
  }
};
