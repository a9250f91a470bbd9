/** The acts of a step type as the engine sees them: what they throw to end an act is its outcome. */
import { type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';

const outcomeOf = async <O>(act: Promise<Outcome<O>>): Promise<Outcome<O>> => {
  try {
    return await act;
  } catch (error) {
    if (error instanceof StepFailed) return error.outcome;
    throw error;
  }
};

export const asTheEngine = <I, O, B>(acts: StepActs<I, O, B>): StepActs<I, O, B> => ({
  ...acts,
  run: (ctx, input, before) => outcomeOf(acts.run(ctx, input, before)),
  ...(acts.undo && { undo: (ctx, input, before) => outcomeOf(acts.undo!(ctx, input, before)) }),
});
