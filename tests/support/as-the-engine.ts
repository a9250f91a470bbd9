/** The acts of a step type as the engine sees them: what they throw to end an act is its outcome. */
import { type ActContext, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';

const outcomeOf = async <O>(act: Promise<Outcome<O>>): Promise<Outcome<O>> => {
  try {
    return await act;
  } catch (error) {
    if (error instanceof StepFailed) return error.outcome;
    throw error;
  }
};

let undos = 0;

/** An undo is an act of its own, and each call another attempt of it. */
const undoing = (ctx: ActContext): ActContext => {
  undos += 1;
  return { ...ctx, act: `${ctx.stepId}/undo/0`, attempt: undos };
};

export const asTheEngine = <I, O, B>(acts: StepActs<I, O, B>): StepActs<I, O, B> => ({
  ...acts,
  run: (ctx, input, before) => outcomeOf(acts.run(ctx, input, before)),
  ...(acts.undo && { undo: (ctx, input, before) => outcomeOf(acts.undo!(undoing(ctx), input, before)) }),
});
