/** A writing command: supervised at its place, taken up again by whoever comes next. */
import type { ActContext, Outcome } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { ConnectionLost } from '../_targets/shell.ts';
import type { Ending, Job, Supervisor } from '../_targets/supervisor/supervisor.ts';
import { supervisorOf } from '../_targets/supervisor/supervisor-of.ts';
import { callOf, nameOf } from './call.ts';
import { Captured } from './captured.ts';
import { outcomeOf } from './outcome.ts';
import type { CommandInput, CommandOutput } from './step.ts';

export const jobOf = ({ runId, act, attempt }: ActContext): Job => ({ runId, act, attempt });

export const supervisorAt = async (ctx: ActContext): Promise<Supervisor> =>
  supervisorOf(await ctx.connect('shell'));

export const runSupervised = async (
  ctx: ActContext,
  input: CommandInput,
): Promise<Outcome<CommandOutput>> => {
  const supervisor = await supervisorAt(ctx);
  try {
    const refused = await start(ctx, supervisor, input);
    if (refused !== null) return notStarted(refused);
    const captured = new Captured();
    const ending = await supervisor.follow(jobOf(ctx), {
      signal: ctx.signal,
      onStdout: (chunk) => {
        captured.stdout(chunk);
        ctx.log(chunk);
      },
      onStderr: (chunk) => {
        captured.stderr(chunk);
        ctx.log(chunk);
      },
      onLost: (why) => ctx.log(`\n[${why}; the command goes on, connecting again]\n`),
    });
    return ending.state === 'exited' ? outcomeOf(input, ending.exitCode, captured) : cutShort(input, ending);
  } catch (error) {
    if (!ctx.signal.aborted) throw error;
    return afterAbort(ctx, supervisor, input);
  }
};

/** Output and exit code of work that has ended, read again from its beginning; nothing is logged twice. */
export const collect = async (ctx: ActContext, input: CommandInput): Promise<Outcome<CommandOutput>> => {
  const captured = new Captured();
  const ending = await (await supervisorAt(ctx)).follow(jobOf(ctx), {
    signal: ctx.signal,
    onStdout: (chunk) => captured.stdout(chunk),
    onStderr: (chunk) => captured.stderr(chunk),
  });
  return ending.state === 'exited' ? outcomeOf(input, ending.exitCode, captured) : cutShort(input, ending);
};

/**
 * An error: nothing was started. After a lost connection that is no longer known, so it is asked again: the
 * claim keeps a second start away.
 */
const start = async (
  ctx: ActContext,
  supervisor: Supervisor,
  input: CommandInput,
): Promise<TargetError | null> => {
  for (let lost = false; ; lost = true) {
    ctx.signal.throwIfAborted();
    try {
      await supervisor.start(jobOf(ctx), callOf(ctx, input));
      return null;
    } catch (error) {
      if (error instanceof TargetError && !lost) return error;
      if (!isPassing(error)) throw error;
      await ctx.clock.sleep(500, ctx.signal);
    }
  }
};

const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionLost || (error instanceof TargetError && error.code === 'unreachable');

const notStarted = (error: TargetError): Outcome<CommandOutput> => ({
  done: false,
  effect: 'none',
  retryable: error.retry,
  short: `${error.target}: ${error.message}`,
  remedy: error.remedy,
  cause: error.cause,
});

const unknown = (short: string): Extract<Outcome<CommandOutput>, { done: false }> => ({
  done: false,
  effect: 'unknown',
  retryable: true,
  short,
});

const cutShort = (input: CommandInput, { state }: Ending): Outcome<CommandOutput> =>
  unknown(
    `${nameOf(input.run)} ${state === 'ended' ? 'was ended before it was done' : 'is gone and left no exit code'}`,
  );

const afterAbort = async (
  ctx: ActContext,
  supervisor: Supervisor,
  input: CommandInput,
): Promise<Outcome<CommandOutput>> => {
  const name = nameOf(input.run);
  if (ctx.signal.reason === 'detach') return unknown(`${name} was left running`);
  const dead = await supervisor.end(jobOf(ctx), ctx.killGraceMs).catch(() => false);
  const why = ctx.signal.reason === 'timeout' ? 'timed out' : 'was stopped';
  return dead
    ? unknown(`${name} ${why} and was ended`)
    : { ...unknown(`${name} ${why} and could not be ended`), living: true };
};
