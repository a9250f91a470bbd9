import type { ActContext, Outcome, StepActs } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { LaggingCopy } from '../_targets/lagging-copy.ts';
import { lookBefore } from './after-failure.ts';
import { argvOf } from './argv.ts';
import { listen, logUncopied } from './capture.ts';
import { exited, notStarted } from './outcome.ts';
import { rehearse } from './rehearse.ts';
import type { CommandBefore, CommandInput, CommandOutput } from './step.ts';
import { endSupervised, probeSupervised, runSupervised } from './supervised.ts';

/** A read needs no supervisor: cut short, it is simply run again. */
const runRead = async (ctx: ActContext, input: CommandInput): Promise<Outcome<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const heard = listen(ctx);
  const copy = new LaggingCopy(heard);
  try {
    const { exitCode, signal } = await shell.exec(argvOf(input.run), {
      env: Object.fromEntries(Object.entries(input.env).map(([name, value]) => [name, ctx.reveal(value)])),
      ...(input.cwd !== undefined && { cwd: input.cwd }),
      ...(input.stdin !== undefined && { stdin: ctx.reveal(input.stdin) }),
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
      untilExit: true,
      keepBytes: 0,
      onStdout: (chunk) => copy.push('stdout', chunk),
      onStderr: (chunk) => copy.push('stderr', chunk),
    });
    await copy.drained();
    if (copy.uncopied > 0) logUncopied(ctx, { bytes: copy.uncopied, at: null });
    if (exitCode === null)
      return { done: false, effect: 'none', retryable: true, short: `ended by ${signal}` };
    const outcome = exited(input, exitCode, heard.printed());
    return ctx.signal.aborted && !outcome.done ? { ...outcome, byItself: true } : outcome;
  } catch (error) {
    if (error instanceof TargetError) return notStarted(error);
    throw error;
  } finally {
    await copy.drained();
  }
};

export const acts: StepActs<CommandInput, CommandOutput, CommandBefore> = {
  check: (ctx, input) => rehearse(ctx, input, () => runRead(ctx, input)),
  prepare: lookBefore,
  run: (ctx, input, before) =>
    input.effects === 'read' ? runRead(ctx, input) : runSupervised(ctx, input, before),
  probe: async (ctx, input, before) =>
    input.effects === 'read' ? { state: 'not-done' } : probeSupervised(ctx, input, before),
  end: async (ctx, input) => (input.effects === 'read' ? true : endSupervised(ctx)),
};
