/**
 * Work of an act under the supervisor of its place: started once for each attempt, followed on after a lost
 * connection and by the next session, judged by the exit code that it leaves.
 */
import { type ActContext, StepFailed } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import type { Gap } from './output-limits.ts';
import type { Shell } from './shell.ts';
import type { Job, JobState, Uncopied, Work } from './supervisor/supervisor.ts';
import { supervisorOf } from './supervisor/supervisor-of.ts';

export const jobOf = (ctx: ActContext, part?: string): Job => ({
  runId: ctx.runId,
  act: ctx.act,
  attempt: ctx.attempt,
  ...(part !== undefined && { part }),
});

export interface Listener {
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  onGap(gap: Gap): void;
}

export interface Exited<L> {
  readonly exitCode: number;
  readonly tookMs: number | null;
  /** It had ended before the signal reached it. */
  readonly byItself: boolean;
  readonly heard: L;
  readonly uncopied?: Uncopied;
}

const stray = (pids: readonly number[]): string =>
  `it was ended, but pid ${pids.join(', ')} began meanwhile and may belong to it: check it, and end it if it does`;

/** Why nobody may act beside it; null: it is not at work. */
export const mayBeAtWork = (found: JobState): string | null => {
  switch (found.state) {
    case 'orphaned':
      return `its supervisor is gone, but its work is still running: pid ${found.pids.join(', ')}`;
    case 'stray':
      return stray(found.pids);
    case 'lost':
      return 'the state folder of the run was removed';
    default:
      return null;
  }
};

export const gone = 'it is gone and left no exit code';

const unknown = (short: string, living = false): StepFailed =>
  new StepFailed(short, { effect: 'unknown', retryable: true, ...(living && { living }) });

/** The place said no before anything was started. */
const notStarted = (error: TargetError): StepFailed =>
  new StepFailed(`${error.target}: ${error.message}`, {
    effect: 'none',
    retryable: error.retry,
    remedy: error.remedy,
    cause: error.cause,
  });

/**
 * Starts the work, or takes up the one of this attempt, and follows it to its end.
 * @param work null: it was started before, and is only followed
 * @param listen `quiet`: what is heard is in the log already
 * Throws StepFailed: `none` where nothing was started, `unknown` where it left no exit code.
 */
export const supervised = async <L extends Listener>(
  ctx: ActContext,
  shell: Shell,
  job: Job,
  work: Work | null,
  listen: (quiet: boolean) => L,
): Promise<Exited<L>> => {
  const supervisor = supervisorOf(shell);
  if (work !== null)
    await supervisor.start(job, work).catch((error: unknown) => {
      throw error instanceof TargetError ? notStarted(error) : error;
    });
  const heard = listen(false);
  const ending = await follow(ctx, shell, job, heard).catch((error: unknown) => {
    if (ctx.signal.aborted) return null;
    throw error;
  });
  if (ending === null) return stopped(ctx, shell, job, () => listen(true));
  if (ending.state === 'exited') return exitedOf(ctx, ending, heard);
  const why = mayBeAtWork(ending);
  if (why === null) throw unknown(gone);
  throw unknown(ending.state === 'lost' ? `${why}: it may still be at work` : why, true);
};

const exitedOf = <L>(
  ctx: ActContext,
  { exitCode, tookMs, uncopied }: Omit<Exited<L>, 'byItself' | 'heard'>,
  heard: L,
): Exited<L> => {
  const byItself = ctx.signal.reason === 'timeout';
  if (byItself)
    ctx.log(`[it had ended by itself${tookMs === null ? '' : ` after ${tookMs / 1000} s`}]\n`, 'note');
  return { exitCode, tookMs, byItself, heard, ...(uncopied && { uncopied }) };
};

const follow = (ctx: ActContext, shell: Shell, job: Job, heard: Listener) =>
  supervisorOf(shell).follow(job, {
    signal: ctx.signal,
    onStdout: (chunk) => heard.onStdout(chunk),
    onStderr: (chunk) => heard.onStderr(chunk),
    onGap: (gap) => heard.onGap(gap),
    onLost: (why) => ctx.log(`[connection lost, reconnecting: ${why}]\n`, 'note'),
  });

const stopped = async <L extends Listener>(
  ctx: ActContext,
  shell: Shell,
  job: Job,
  again: () => L,
): Promise<Exited<L>> => {
  if (ctx.signal.reason === 'detach') throw unknown('left running');
  const supervisor = supervisorOf(shell);
  const dead = await supervisor.end(job, ctx.killGraceMs).catch(() => false);
  // It may have ended between the last look and the signal: then that was nobody's doing, and its code counts.
  const found = dead ? await supervisor.look(job).catch(() => null) : null;
  if (found?.state === 'exited') {
    // Its end was not heard yet; what was heard is in the log already.
    const heard = again();
    const ending = await follow(ctx, shell, job, heard).catch(() => null);
    if (ending?.state === 'exited') return exitedOf(ctx, ending, heard);
  }
  const why = ctx.signal.reason === 'timeout' ? 'timed out' : 'stopped';
  if (dead) throw unknown(`${why}, and was ended`);
  const left = await supervisor.look(job).catch(() => null);
  const detail = left?.state === 'stray' ? stray(left.pids) : 'it could not be proven ended';
  throw unknown(`${why}; ${detail}`, true);
};

const copyForProbeMs = 2_000;

/** What a probe copies of an ended job: how it ended is known, its output may not use up the time of the probe. */
export const heardSoon = async <L extends Listener>(
  ctx: ActContext,
  shell: Shell,
  job: Job,
  heard: L,
): Promise<Exited<L> | null> => {
  const soon = AbortSignal.any([ctx.signal, AbortSignal.timeout(copyForProbeMs)]);
  const ending = await follow({ ...ctx, signal: soon }, shell, job, heard);
  return ending.state === 'exited' ? exitedOf(ctx, ending, heard) : null;
};
