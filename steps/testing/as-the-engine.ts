/** As withOutcomes, where an undo is an act of its own and each call another attempt of it, as the engine makes it. */
import type { ActContext, StepActs } from '../../engine/step.ts';
import { withOutcomes } from './outcomes.ts';

let undos = 0;

const undoing = (ctx: ActContext): ActContext => {
  undos += 1;
  return { ...ctx, act: `${ctx.stepId}/undo/0`, attempt: undos };
};

export const asTheEngine = <I, O, B>(own: StepActs<I, O, B>): StepActs<I, O, B> => {
  const acts = withOutcomes(own);
  const { undo } = acts;
  return { ...acts, ...(undo && { undo: (ctx, input, before) => undo(undoing(ctx), input, before) }) };
};
