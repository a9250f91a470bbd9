import type { Plan, PlanAct } from '../plan.ts';
import type { ActKey } from './events.ts';
import { parseActKey } from './keys.ts';

/** The plan's call behind an act key. Throws on a key that the plan does not have: the journal is another plan's. */
export const actOf = (plan: Plan, key: ActKey): PlanAct => {
  const { step: id, phase, index } = parseActKey(key);
  const step = plan.steps[id];
  if (step?.kind !== 'act') throw new Error(`${key}: no such act in the plan`);
  const found = {
    pre: step.preconditions,
    do: [step.act],
    verify: step.verify,
    'undo-pre': step.undo.preconditions,
    undo: step.undo.acts,
    'undo-verify': step.undo.verify,
  }[phase][index];
  if (!found) throw new Error(`${key}: no such act in the plan`);
  return found;
};

/** Whether this act is a type's own undo, started from the before-image of the step's act. */
export const isAutoUndo = (plan: Plan, key: ActKey): boolean => {
  const { step: id, phase } = parseActKey(key);
  const step = plan.steps[id];
  return phase === 'undo' && step?.kind === 'act' && step.undo.mode === 'auto';
};
