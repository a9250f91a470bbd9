import { failedCriteria } from '../decide/advance-gate.ts';
import type { Command } from '../decide/decisions.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';

/** --yes-to-gate answers a gate that allows it, if its criteria are true; it never overrides them. */
export const saysYes = (plan: Plan, state: RunState, yesToGates: readonly string[], id: string): boolean => {
  const step = plan.steps[id];
  const gate = state.steps[id]?.gate;
  if (step?.kind !== 'gate' || !gate || !step.allowUnattended || step.prompt === null) return false;
  return yesToGates.includes(id) && failedCriteria(gate).length === 0;
};

export const unattendedYes = (gate: string, user: string, at: number): Command => ({
  command: 'approve',
  gate,
  verdict: 'go',
  as: null,
  unattended: true,
  user,
  reason: `--yes-to-gate ${gate}`,
  at,
});
