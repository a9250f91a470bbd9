/** Acts as the engine sees them: a StepFailed that one throws is the outcome that it holds, or a problem found. */
import { outcomeOf } from '../../engine/run/failure.ts';
import { type StepActs, StepFailed } from '../../engine/step.ts';

export const withOutcomes = <I, O, B>(acts: StepActs<I, O, B>): StepActs<I, O, B> => {
  const { run, undo, check } = acts;
  return {
    ...acts,
    check: (ctx, input) =>
      check(ctx, input).catch((error: unknown) => {
        if (!(error instanceof StepFailed)) throw error;
        return [error.problem];
      }),
    run: (ctx, input, before) => outcomeOf(() => run(ctx, input, before)),
    ...(undo && { undo: (ctx, input, before) => outcomeOf(() => undo(ctx, input, before)) }),
  };
};
