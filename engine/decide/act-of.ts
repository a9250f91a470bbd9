import type { Plan, PlanAct, PlanActStep, PlanStep } from '../plan.ts';
import type { ActKey, Phase } from './events.ts';
import { actsPerTrip, parseActKey } from './keys.ts';

/** The plan's call for an act key; undefined if an amendment removed it. */
export const plannedAct = (plan: Plan, key: ActKey): PlanAct | undefined => {
  const { step: id, phase, index } = parseActKey(key);
  const step = plan.steps[id];
  return step && actsOfPhase(step, phase, index);
};

const actsOfPhase = (step: PlanStep, phase: Phase, index: number): PlanAct | undefined => {
  switch (step.kind) {
    case 'act':
      return stepActs(step)[phase]?.[index];
    case 'watch':
      if (phase === 'measure') return step.measure;
      return phase === 'trip' ? step.onTrip[index % actsPerTrip] : undefined;
    case 'checklist':
      return phase === 'item' ? (step.items[index]?.check ?? undefined) : undefined;
    case 'gate':
    case 'wait':
      return undefined;
  }
};

const stepActs = (step: PlanActStep) =>
  ({
    pre: step.preconditions,
    do: [step.act],
    verify: step.verify,
    'undo-pre': step.undo.preconditions,
    undo: step.undo.acts,
    'undo-verify': step.undo.verify,
    measure: null,
    trip: null,
    item: null,
  }) satisfies Record<Phase, readonly PlanAct[] | null>;

/** Throws on a key that the plan does not have. */
export const actOf = (plan: Plan, key: ActKey): PlanAct => {
  const found = plannedAct(plan, key);
  if (!found) throw new Error(`${key}: no such act in the plan`);
  return found;
};

/** Whether this act is a type's own undo, started from the before-image of the step's act. */
export const isAutoUndo = (plan: Plan, key: ActKey): boolean => {
  const { step: id, phase } = parseActKey(key);
  const step = plan.steps[id];
  return phase === 'undo' && step?.kind === 'act' && step.undo.mode === 'auto';
};
