import { failedCriteria } from '../decide/advance-gate.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';

/** --yes-to-gate speaks for a gate that allows it, once its criteria hold; it never overrides them. */
export const saysYes = (plan: Plan, state: RunState, yesToGates: readonly string[], id: string): boolean => {
  const step = plan.steps[id];
  const gate = state.steps[id]?.gate;
  if (step?.kind !== 'gate' || !gate || !step.allowUnattended || step.prompt === null) return false;
  return yesToGates.includes(id) && failedCriteria(gate).length === 0;
};
