import type { Masked } from '../decide/masked.ts';
import type { RunState } from '../decide/state.ts';
import { evaluate } from '../expr/evaluate.ts';
import type { Plan } from '../plan.ts';
import { foreignText } from './failure.ts';
import type { Masking } from './masking.ts';
import type { Scopes } from './scope.ts';

export interface CriterionResult {
  readonly expr: string;
  readonly holds: boolean;
  readonly error?: Masked;
}

/** A criterion must evaluate to true; one that cannot be evaluated is a no-go. */
export const criteriaOf = (
  plan: Plan,
  scopes: Scopes,
  state: RunState,
  gate: string,
  masking: Masking,
): readonly CriterionResult[] => {
  const step = plan.steps[gate];
  if (step?.kind !== 'gate') throw new Error(`${gate} is not a gate`);
  const scope = scopes.of(state, Object.keys(state.steps));
  return step.criteria.map((criterion, i) => {
    const expr = step.criteriaAsWritten?.[i] ?? criterion;
    try {
      return { expr, holds: evaluate(criterion, scope) === true };
    } catch (error) {
      return { expr, holds: false, error: foreignText(error, masking) };
    }
  });
};
