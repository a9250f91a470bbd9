import type { ActContext, Outcome, StepActs } from '../../engine/step.ts';
import { TargetError } from '../../engine/target.ts';
import { SqlError } from '../_kits/sql/client.ts';
import { endLeftRunning, markOfAct } from '../_kits/sql/left-running.ts';
import { refusalOf } from '../_kits/sql/refusal.ts';
import { SessionEnded } from '../_kits/sql/session.ts';
import { check } from './check.ts';
import { compareAll } from './compare-all.ts';
import { NotComparable } from './not-comparable.ts';
import { said } from './said.ts';
import { sidesOf } from './sessions.ts';
import type { CompareInput, CompareOutput } from './step.ts';

const failed = (error: unknown): Outcome<never> => {
  const short = error instanceof Error ? error.message : String(error);
  const known = { done: false, effect: 'none', short, cause: error } as const;
  if (error instanceof TargetError) return { ...known, retryable: error.retry, remedy: error.remedy };
  if (error instanceof NotComparable) return { ...known, retryable: true, remedy: error.remedy };
  if (error instanceof SqlError) {
    const { remedy } = refusalOf(error);
    // Without its cause, whose message is shown too.
    return { done: false, effect: 'none', retryable: true, short: said(error), ...(remedy && { remedy }) };
  }
  const living = error instanceof SessionEnded && !error.proven;
  return { ...known, retryable: true, ...(living && { living }) };
};

const stillThere: Outcome<never> = {
  done: false,
  effect: 'none',
  retryable: true,
  short: 'a server is still at what an earlier attempt asked of it',
  remedy: 'End that session on the server, then retry',
  living: true,
};

/** A killed engine's scan would go on for its time, and take the servers' from ours. */
const endEarlier = async (ctx: ActContext, input: CompareInput): Promise<boolean> => {
  const { mysql, postgres } = await sidesOf(ctx, input);
  const ended = await Promise.all(
    [mysql, postgres].map((client) => endLeftRunning(client, ctx, markOfAct(ctx))),
  );
  return ended.every(Boolean);
};

const run = async (ctx: ActContext, input: CompareInput): Promise<Outcome<CompareOutput>> => {
  try {
    if (!(await endEarlier(ctx, input))) return stillThere;
    const { output, told } = await compareAll(await sidesOf(ctx, input), ctx, input);
    if (output.mismatches === 0 || input.expect === 'any') return { done: true, output };
    return {
      done: false,
      effect: 'none',
      retryable: true,
      short: told,
      remedy: "Look at the rows that the step's log names; fix the copy or the mapping, then retry",
    };
  } catch (error) {
    return failed(error);
  }
};

export const acts: StepActs<CompareInput, CompareOutput, unknown> = {
  check: async (ctx, input) => check(await sidesOf(ctx, input), ctx, input),
  run,
  probe: async () => ({ state: 'not-done' }),
  end: endEarlier,
};
