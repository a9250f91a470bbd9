/** Steps that the vars leave out, and steps that only the run decides on. */
import type { Plan } from '../plan.ts';

/** `[id, its when]` in the order of the plan. */
export const conditionsOf = (plan: Plan): readonly (readonly [string, string])[] =>
  Object.values(plan.steps).flatMap(({ id, when, whenAsWritten }) =>
    when === undefined ? [] : [[id, whenAsWritten ?? when] as const],
  );

/** For the start of a run; none: nothing is left out. */
export const leftOutNotes = (plan: Plan): readonly string[] =>
  (plan.leftOut ?? []).map(({ id, when }) => `${id} is left out, since its \`when\` is false: ${when}`);
