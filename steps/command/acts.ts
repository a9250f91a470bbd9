import type { ActContext, Outcome, StepActs } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { lookBefore } from './after-failure.ts';
import { listen } from './capture.ts';
import { execCopied } from './exec-copied.ts';
import { exited, notStarted } from './outcome.ts';
import { rehearse } from './rehearse.ts';
import type { CommandBefore, CommandInput, CommandOutput } from './step.ts';
import { endSupervised, probeSupervised, runSupervised } from './supervised.ts';

/** A read needs no supervisor: cut short, it is simply run again. */
const runRead = async (ctx: ActContext, input: CommandInput): Promise<Outcome<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const heard = listen(ctx);
  try {
    const { exitCode, signal } = await execCopied(ctx, shell, input, heard);
    if (exitCode === null)
      return { done: false, effect: 'none', retryable: true, short: `ended by ${signal}` };
    const outcome = exited(input, exitCode, heard.printed());
    return ctx.signal.aborted && !outcome.done ? { ...outcome, byItself: true } : outcome;
  } catch (error) {
    if (error instanceof TargetError) return notStarted(error);
    throw error;
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
