/**
 * A script that outlives the engine and its connection: dump, restore, archive, checkout, pm2. Each attempt of an act
 * starts it once; a later session follows it. How it went is what its recorded exit says.
 */
import { type ActContext, type Probed, StepFailed } from '../../engine/step.ts';
import { complaintOf, prelude, type ScriptResult, withoutMarks } from './script.ts';
import type { Shell } from './shell.ts';
import { type Exited, gone, heardSoon, jobOf, type Listener, mayBeAtWork, supervised } from './supervised.ts';
import type { Work } from './supervisor/supervisor.ts';
import { supervisorOf } from './supervisor/supervisor-of.ts';
import { TailBuffer } from './tail-buffer.ts';
import type { WorkBefore } from './work-before.ts';

/** What a script prints to be judged by: the list of a database's tables is the longest. */
const answerBytes = 2 * 1024 * 1024;
const complaintBytes = 256 * 1024;
const progressEveryMs = 1_000;

export interface WorkScript {
  readonly script: string;
  readonly args: readonly string[];
  /** Secrets go this way, or by `env`: neither is ever on a command line or on disk. At most 1 MiB. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface WorkOptions {
  /** Where an attempt has several scripts: which of them. */
  readonly part?: string;
  /** stderr with the marks of `die` in it; default: logged without them. */
  readonly onMarked?: (chunk: Uint8Array) => void;
  /** Called every second while it is at work. What it throws says nothing of the work. */
  readonly report?: (shell: Shell) => Promise<void>;
}

export interface WorkResult extends Omit<ScriptResult, 'ended'> {
  readonly code: number;
  /** The last of it, with the marks of `die`. */
  readonly stderr: Uint8Array;
  /** It had ended before the signal reached it. */
  readonly byItself: boolean;
  /** By a clock of its place. */
  readonly tookMs: number | null;
}

interface Collected extends Listener {
  readonly out: TailBuffer;
  readonly err: TailBuffer;
}

const collect = (onStderr: (chunk: Uint8Array) => void): Collected => {
  const out = new TailBuffer(answerBytes);
  const err = new TailBuffer(complaintBytes);
  return {
    out,
    err,
    onStdout: (chunk) => out.push(chunk),
    onStderr(chunk) {
      err.push(chunk);
      onStderr(chunk);
    },
    onGap: () => undefined,
  };
};

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A script that a signal has killed says nothing of what it had done by then. */
const isKilled = (exitCode: number): boolean => exitCode > 128;

const resultOf = (
  place: string,
  { exitCode, tookMs, byItself, heard, uncopied }: Exited<Collected>,
): WorkResult => {
  if (isKilled(exitCode))
    throw new StepFailed(`it was killed by signal ${exitCode - 128}`, { effect: 'unknown', retryable: true });
  if (uncopied || heard.out.truncated)
    throw new Error(`${place}: the answer of a script could not be read to its end`);
  const stderr = heard.err.bytes();
  return {
    code: exitCode,
    byItself,
    tookMs,
    stderr,
    lines: decode(heard.out.bytes()).split('\n').slice(0, -1),
    complaint: complaintOf(decode(stderr)) || `it ended with exit ${exitCode}`,
  };
};

const reporting = async (
  { clock }: ActContext,
  shell: Shell,
  report: NonNullable<WorkOptions['report']>,
  stop: AbortSignal,
): Promise<void> => {
  while (!stop.aborted) {
    await clock.sleep(progressEveryMs, stop);
    if (!stop.aborted) await report(shell).catch(() => undefined);
  }
};

const workOf = ({ script, args, stdin, env = {} }: WorkScript): Work => ({
  argv: ['sh', '-c', prelude + script, 'runbook', ...args],
  env,
  ...(stdin !== undefined && { stdin }),
});

/**
 * Throws as `supervised` does. A failing exit is a result.
 * @param script null: this attempt has started it, see `isStarted`; it is only followed
 */
export const runWork = async (
  ctx: ActContext,
  script: WorkScript | null,
  { part, onMarked, report }: WorkOptions = {},
): Promise<WorkResult> => {
  const shell = await ctx.connect('shell');
  const onStderr = onMarked ?? ((chunk: Uint8Array) => ctx.log(withoutMarks(chunk), 'stderr'));
  const work = script && workOf(script);
  const stop = new AbortController();
  const reports = report ? reporting(ctx, shell, report, stop.signal) : null;
  try {
    const exited = await supervised(ctx, shell, jobOf(ctx, part), work, (quiet) =>
      collect(quiet ? () => undefined : onStderr),
    );
    return resultOf(shell.place, exited);
  } finally {
    stop.abort();
    await reports;
  }
};

/** Whether this attempt has been started; nothing is barred by asking. */
export const isStarted = async (ctx: ActContext, part?: string): Promise<boolean> =>
  supervisorOf(await ctx.connect('shell')).isClaimed(jobOf(ctx, part));

/**
 * What became of the work of this attempt.
 * @param judge of a failing exit: throws StepFailed
 * @param world where the exit does not settle it: what is there now
 */
export const probeWork = async <O>(
  ctx: ActContext,
  before: WorkBefore,
  judge: (result: WorkResult) => Promise<Probed<O>>,
  world: (result: WorkResult | null) => Promise<Probed<O>>,
  part?: string,
): Promise<Probed<O>> => {
  const shell = await ctx.connect('shell');
  const job = jobOf(ctx, part);
  const found = await supervisorOf(shell).look(job);
  const why = mayBeAtWork(found);
  if (why !== null) return { state: 'unknown', why };
  switch (found.state) {
    case 'alive':
      return { state: 'alive' };
    case 'exited': {
      if (isKilled(found.exitCode)) return world(null);
      const exited = await heardSoon(
        ctx,
        shell,
        job,
        collect(() => undefined),
      );
      if (exited === null) return { state: 'unknown', why: gone };
      const result = resultOf(shell.place, exited);
      return result.code === 0 ? world(result) : judge(result).catch(failed);
    }
    case 'absent':
      if (before.supervised) return world(null);
      return leftByOlder(await world(null));
    default:
      return world(null);
  }
};

const failed = (error: unknown): Probed<never> => {
  if (!(error instanceof StepFailed)) throw error;
  return { state: 'failed', outcome: error.outcome };
};

const leftByOlder = <O>(found: Probed<O>): Probed<O> =>
  found.state === 'not-done'
    ? { state: 'unknown', why: 'another version of runbook started it, and may have left it at work' }
    : found;
