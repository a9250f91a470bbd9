import type { ActContext, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { callOf } from './call.ts';
import { Captured, outputBytes } from './captured.ts';
import { outcomeOf } from './outcome.ts';
import { rehearse } from './rehearse.ts';
import type { CommandInput, CommandOutput } from './step.ts';
import { collect, jobOf, runSupervised, supervisorAt } from './supervised.ts';

/** A read changes nothing: it needs no supervisor, and is simply run again. */
const read = async (ctx: ActContext, input: CommandInput): Promise<Outcome<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const { argv, ...call } = callOf(ctx, input);
  const captured = new Captured();
  const { exitCode, signal } = await shell.exec(argv, {
    ...call,
    signal: ctx.signal,
    killGraceMs: ctx.killGraceMs,
    keepBytes: outputBytes,
    onStdout: (chunk) => {
      captured.stdout(chunk);
      ctx.log(chunk);
    },
    onStderr: (chunk) => {
      captured.stderr(chunk);
      ctx.log(chunk);
    },
  });
  if (exitCode !== null) return outcomeOf(input, exitCode, captured);
  return { done: false, effect: 'none', retryable: true, short: `${argv[0]} was ended by ${signal}` };
};

const probe = async (ctx: ActContext, input: CommandInput): Promise<Probed<CommandOutput>> => {
  if (input.effects === 'read') return { state: 'not-done' };
  const found = await (await supervisorAt(ctx)).look(jobOf(ctx));
  switch (found.state) {
    case 'absent':
      return { state: 'not-done' };
    case 'alive':
      return { state: 'alive' };
    case 'exited': {
      const outcome = await collect(ctx, input);
      // A failure has its outcome waiting: taken up by `run`, it is journaled with its reason and its retry.
      return outcome.done ? { state: 'done', output: outcome.output } : { state: 'alive' };
    }
    case 'ended':
      return ask(ctx, input, 'it was ended before it was done');
    case 'gone':
      return ask(ctx, input, 'it was started, is gone and left no exit code');
  }
};

/** The runbook's own answer to "did it happen?". */
const ask = async (ctx: ActContext, input: CommandInput, why: string): Promise<Probed<CommandOutput>> => {
  if (!input.probe) return { state: 'unknown', why };
  const shell = await ctx.connect('shell');
  const { argv, env, cwd } = callOf(ctx, { ...input, run: input.probe.run });
  const { exitCode, stderr } = await shell.exec(argv, {
    env,
    ...(cwd !== undefined && { cwd }),
    signal: ctx.signal,
    killGraceMs: ctx.killGraceMs,
  });
  if (exitCode === 0) return { state: 'done', output: { exit_code: null, truncated: false } };
  if (exitCode === 1) return { state: 'not-done' };
  const complaint = Buffer.from(stderr).toString().trim().split('\n').at(-1);
  return {
    state: 'unknown',
    why: `${why}; its probe could not tell either (exit ${exitCode}): ${complaint}`,
  };
};

export const acts: StepActs<CommandInput, CommandOutput, unknown> = {
  check: rehearse,
  run: (ctx, input) => (input.effects === 'read' ? read(ctx, input) : runSupervised(ctx, input)),
  probe,
  async end(ctx, input) {
    return input.effects === 'read' || (await supervisorAt(ctx)).end(jobOf(ctx), ctx.killGraceMs);
  },
};
