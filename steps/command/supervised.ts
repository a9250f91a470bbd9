/** A writing command: claimed, started and followed through the supervisor of its place. */
import type { ActContext, Outcome, Probed } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import type { Shell } from '../_work/shell.ts';
import type { Ending, Job, Supervisor } from '../_work/supervisor/supervisor.ts';
import { supervisorOf } from '../_work/supervisor/supervisor-of.ts';
import { afterFailure, askProbe } from './after-failure.ts';
import { argvOf } from './argv.ts';
import { type Listener, listen, logUncopied } from './capture.ts';
import { exited, notStarted } from './outcome.ts';
import type { CommandBefore, CommandInput, CommandOutput } from './step.ts';

const jobOf = (ctx: ActContext): Job => ({ runId: ctx.runId, act: ctx.act, attempt: ctx.attempt });

const unknown = (short: string, living = false): Outcome<CommandOutput> => ({
  done: false,
  effect: 'unknown',
  retryable: true,
  short,
  ...(living && { living }),
});

export const runSupervised = async (
  ctx: ActContext,
  input: CommandInput,
  before: CommandBefore,
): Promise<Outcome<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const supervisor = supervisorOf(shell);
  const job = jobOf(ctx);
  try {
    await supervisor.start(job, {
      argv: argvOf(input.run),
      env: Object.fromEntries(Object.entries(input.env).map(([name, value]) => [name, ctx.reveal(value)])),
      ...(input.cwd !== undefined && { cwd: input.cwd }),
      ...(input.stdin !== undefined && { stdin: ctx.reveal(input.stdin) }),
    });
  } catch (error) {
    if (error instanceof TargetError) return notStarted(error);
    throw error;
  }
  const heard = listen(ctx);
  const ending = await follow(ctx, supervisor, job, heard).catch((error: unknown) => {
    if (ctx.signal.aborted) return null;
    throw error;
  });
  if (ending === null) return stopped(ctx, { shell, job, input, before });
  if (ending.state === 'exited') return judged(ctx, { shell, job, input, before }, ending, heard);
  if (ending.state === 'orphaned') return unknown(orphaned(ending.pids), true);
  if (ending.state === 'stray') return unknown(stray(ending.pids), true);
  return ending.state === 'lost' ? unknown(`${lost}: it may still be at it`, true) : unknown(gone);
};

/** With an accepted exit code it has done its work, also where its output is not what was asked for. */
const judged = async (
  ctx: ActContext,
  { shell, input, before }: Started,
  ending: Extract<Ending, { state: 'exited' }>,
  heard: Listener,
): Promise<Outcome<CommandOutput>> => {
  const outcome = ended(ctx, input, ending, heard);
  if (input.ok_exit_codes.includes(ending.exitCode)) return outcome;
  return afterFailure(ctx, shell, input, before, outcome);
};

/** As it is recorded: a signal that came later, or while its output was still being copied, changes nothing of it. */
const ended = (
  ctx: ActContext,
  input: CommandInput,
  { exitCode, tookMs, uncopied }: Extract<Ending, { state: 'exited' }>,
  heard: Listener,
): Outcome<CommandOutput> => {
  if (uncopied) logUncopied(ctx, uncopied);
  const outcome = exited(input, exitCode, heard.printed(uncopied?.end));
  if (ctx.signal.reason !== 'timeout') return outcome;
  ctx.log(`[it had ended by itself${tookMs === null ? '' : ` after ${tookMs / 1000} s`}]\n`, 'note');
  return outcome.done ? outcome : { ...outcome, byItself: true };
};

const gone = 'it is gone and left no exit code';
const lost = 'the state folder of the run was removed';

const orphaned = (pids: readonly number[]): string =>
  `its supervisor is gone, but its work is still running: pid ${pids.join(', ')}`;

const stray = (pids: readonly number[]): string =>
  `it was ended, but pid ${pids.join(', ')} began meanwhile and may belong to it: check it, and end it if it does`;

const follow = (ctx: ActContext, supervisor: Supervisor, job: Job, heard: Listener): Promise<Ending> =>
  supervisor.follow(job, {
    signal: ctx.signal,
    onStdout: heard.onStdout,
    onStderr: heard.onStderr,
    onGap: heard.onGap,
    onLost: (why) => ctx.log(`[connection lost, reconnecting: ${why}]\n`, 'note'),
  });

interface Started {
  readonly shell: Shell;
  readonly job: Job;
  readonly input: CommandInput;
  readonly before: CommandBefore;
}

const stopped = async (
  ctx: ActContext,
  { shell, job, input, before }: Started,
): Promise<Outcome<CommandOutput>> => {
  if (ctx.signal.reason === 'detach') return unknown('left running');
  const supervisor = supervisorOf(shell);
  const dead = await supervisor.end(job, ctx.killGraceMs).catch(() => false);
  // It may have ended between the last look and the signal: then that was nobody's doing, and its code counts.
  const found = dead ? await supervisor.look(job).catch(() => null) : null;
  if (found?.state === 'exited') {
    // Its end was not heard yet; what was heard is in the log already.
    const again = listen({ log: () => undefined, mask: ctx.mask });
    const ending = await follow(ctx, supervisor, job, again).catch(() => null);
    if (ending?.state === 'exited') return judged(ctx, { shell, job, input, before }, ending, again);
  }
  const why = ctx.signal.reason === 'timeout' ? 'timed out' : 'stopped';
  if (dead) return unknown(`${why}, and was ended`);
  const left = await supervisor.look(job).catch(() => null);
  const detail = left?.state === 'stray' ? stray(left.pids) : 'it could not be proven ended';
  return unknown(`${why}; ${detail}`, true);
};

export const endSupervised = async (ctx: ActContext): Promise<boolean> =>
  supervisorOf(await ctx.connect('shell')).end(jobOf(ctx), ctx.killGraceMs);

export const probeSupervised = async (
  ctx: ActContext,
  input: CommandInput,
  before: CommandBefore,
): Promise<Probed<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const supervisor = supervisorOf(shell);
  const job = jobOf(ctx);
  const found = await supervisor.look(job);
  switch (found.state) {
    case 'absent':
      return { state: 'not-done' };
    case 'alive':
      return { state: 'alive' };
    case 'exited':
      return afterExit(ctx, shell, job, input, before);
    // Its own probe would look at the world beside work that is still changing it.
    case 'orphaned':
      return { state: 'unknown', why: orphaned(found.pids) };
    case 'stray':
      return { state: 'unknown', why: stray(found.pids) };
    case 'ended':
      return ask(ctx, shell, input, 'it was ended before it was done');
    // Not even its own probe may answer for work that may still be at it.
    case 'lost':
      return { state: 'unknown', why: lost };
    case 'gone':
      return ask(ctx, shell, input, 'its process is gone and left no exit code');
  }
};

const copyForProbeMs = 2_000;

const afterExit = async (
  ctx: ActContext,
  shell: Shell,
  job: Job,
  input: CommandInput,
  before: CommandBefore,
): Promise<Probed<CommandOutput>> => {
  const heard = listen(ctx);
  // How it ended is known: its output may not use up the time of the probe.
  const soon = AbortSignal.any([ctx.signal, AbortSignal.timeout(copyForProbeMs)]);
  const ending = await follow({ ...ctx, signal: soon }, supervisorOf(shell), job, heard);
  if (ending.state !== 'exited') return { state: 'unknown', why: 'it left no exit code' };
  const outcome = await judged(ctx, { shell, job, input, before }, ending, heard);
  return outcome.done ? { state: 'done', output: outcome.output } : { state: 'failed', outcome };
};

/** The runbook's own question, where it has one; silence is never an answer. */
const ask = async (
  ctx: ActContext,
  shell: Shell,
  input: CommandInput,
  why: string,
): Promise<Probed<CommandOutput>> => {
  if (!input.probe) return { state: 'unknown', why };
  const exitCode = await askProbe(ctx, shell, input, input.probe);
  if (exitCode === 0) return { state: 'done', output: { exit_code: null, truncated: false } };
  return exitCode === 1
    ? { state: 'not-done' }
    : { state: 'unknown', why: `${why}; its probe cannot tell either` };
};
