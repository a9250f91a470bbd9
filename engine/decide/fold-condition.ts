/** What the `when` of a step gave, and when that answer no longer counts. */
import type { Event } from './events.ts';
import type { RunState, StepState } from './state.ts';

export const foldCondition = (
  step: StepState,
  { holds, error }: Extract<Event, { type: 'condition-checked' }>,
): void => {
  step.condition = { holds, error: error ?? null, n: (step.condition?.n ?? 0) + 1, outdated: false };
};

export const lookAgain = ({ condition }: StepState): void => {
  if (condition) condition.outdated = true;
};

/** The plan was changed: the answer of a step that has not started may be that of another `when`. */
export const checkConditionsAnew = (state: RunState): void => {
  for (const step of Object.values(state.steps)) if (step.state === 'pending') lookAgain(step);
};
