import type { Event } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { ExprError, evaluate, stepsOf } from '../expr/evaluate.ts';
import type { Plan } from '../plan.ts';
import { foreignText } from './failure.ts';
import type { Masking } from './masking.ts';
import type { Scopes } from './scope.ts';

/** The `when` of a step, evaluated now. What is neither true nor false is an error: a person decides. */
export const checkedCondition = (
  plan: Plan,
  scopes: Scopes,
  state: RunState,
  step: string,
  masking: Masking,
): Event => {
  const when = plan.steps[step]?.when;
  if (when === undefined) throw new Error(`${step} has no condition`);
  const head = { type: 'condition-checked', step } as const;
  try {
    const value = evaluate(when, scopes.of(state, stepsOf(when)));
    if (typeof value !== 'boolean') throw new ExprError(when, 'neither true nor false');
    return { ...head, holds: value };
  } catch (error) {
    return { ...head, holds: false, error: foreignText(error, masking) };
  }
};
