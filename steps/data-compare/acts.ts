import { type ActContext, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { SqlError } from '../_kits/sql/client.ts';
import { endLeftRunning, markOfAct } from '../_kits/sql/left-running.ts';
import { refusalOf } from '../_kits/sql/refusal.ts';
import { SessionEnded } from '../_kits/sql/session.ts';
import { check } from './check.ts';
import { compareAll } from './compare-all.ts';
import { said } from './said.ts';
import { sidesOf } from './sessions.ts';
import type { CompareInput, CompareOutput } from './step.ts';

/** Whatever breaks off a comparison: it has read only. */
const failed = (error: unknown): StepFailed => {
  if (error instanceof StepFailed) return error;
  const short = error instanceof Error ? error.message : String(error);
  const facts = { effect: 'none', retryable: true, cause: error } as const;
  if (error instanceof TargetError)
    return new StepFailed(short, { ...facts, retryable: error.retry, remedy: error.remedy });
  if (error instanceof SqlError) {
    const { remedy } = refusalOf(error);
    // Without its cause, whose message is shown too.
    return new StepFailed(said(error), { effect: 'none', retryable: true, ...(remedy && { remedy }) });
  }
  const living = error instanceof SessionEnded && !error.proven;
  return new StepFailed(short, { ...facts, ...(living && { living }) });
};

/** A killed engine's scan would go on for its time, and take the servers' from ours. */
const endEarlier = async (ctx: ActContext, input: CompareInput): Promise<boolean> => {
  const { here, there } = await sidesOf(ctx, input);
  const ended = await Promise.all(
    [here, there].map(({ client }) => endLeftRunning(client, ctx, markOfAct(ctx))),
  );
  return ended.every(Boolean);
};

const compared = async (ctx: ActContext, input: CompareInput): Promise<Outcome<CompareOutput>> => {
  const again = { effect: 'none', retryable: true } as const;
  if (!(await endEarlier(ctx, input)))
    throw new StepFailed('a server is still at what an earlier attempt asked of it', {
      ...again,
      remedy: 'End that session on the server, then retry',
      living: true,
    });
  const { output, told } = await compareAll(await sidesOf(ctx, input), ctx, input);
  if (output.mismatches === 0 || input.expect === 'any') return { done: true, output };
  const remedy = "Look at the rows that the step's log names; fix the copy or the mapping, then retry";
  throw new StepFailed(told, { ...again, remedy });
};

export const acts: StepActs<CompareInput, CompareOutput, unknown> = {
  check: async (ctx, input) => check(await sidesOf(ctx, input), ctx, input),
  run: (ctx, input) =>
    compared(ctx, input).catch((error: unknown) => {
      throw failed(error);
    }),
  probe: async () => ({ state: 'not-done' }),
  end: endEarlier,
};
