/** What a rollback would have to undo now, and how long that takes. */

import type { Plan, PlanActStep } from '../plan.ts';
import { actKey } from './keys.ts';
import { perPlan } from './per-plan.ts';
import { entrySteps, lineOf, stepState } from './queries.ts';
import type { RunState } from './state.ts';
import { hardStop } from './times.ts';
import { actedSteps, hasActed, sumOfActed } from './touched.ts';

const afterLine = perPlan((plan): ReadonlySet<string> => {
  const line = plan.entries.findIndex((e) => e.kind === 'line');
  const after = line === -1 ? [] : plan.entries.slice(line + 1);
  return new Set(after.flatMap(entrySteps));
});

/**
 * The act after the point of no return crosses it. If that act was skipped, or failed without an effect, the next
 * write in the list crosses it.
 */
export const crossesLine = (plan: Plan, state: RunState, step: PlanActStep): boolean =>
  lineOf(plan)?.act === step.id ||
  (state.line === null && step.act.effects === 'write' && afterLine(plan).has(step.id));

export const owes = (state: RunState, step: PlanActStep): boolean =>
  step.undo.mode !== 'nothing' && hasActed(state, step.id);

const owed = function* (plan: Plan, state: RunState): Generator<PlanActStep> {
  for (const id of actedSteps(state)) {
    const step = plan.steps[id];
    if (step?.kind === 'act' && step.undo.mode !== 'nothing') yield step;
  }
};

/** The half-done first, then in reverse order of their start. */
const inUndoOrder = (state: RunState): ((a: PlanActStep, b: PlanActStep) => number) => {
  const wholly = (s: PlanActStep) => (state.acts[actKey(s.id, 'do', 0)]?.done ? 1 : 0);
  return (a, b) =>
    wholly(a) - wholly(b) || (stepState(state, b.id).order ?? 0) - (stepState(state, a.id).order ?? 0);
};

/** Steps to undo, in that order. */
export const owedSteps = (plan: Plan, state: RunState): readonly PlanActStep[] =>
  [...owed(plan, state)].sort(inUndoOrder(state));

/** The first of them; null: there are none. */
export const nextOwed = (plan: Plan, state: RunState): PlanActStep | null => {
  const order = inUndoOrder(state);
  let next: PlanActStep | null = null;
  for (const step of owed(plan, state)) if (next === null || order(step, next) < 0) next = step;
  return next;
};

/** The owed steps that a rollback can undo. */
export const undoableSteps = (plan: Plan, state: RunState): readonly PlanActStep[] =>
  owedSteps(plan, state).filter((step) => step.undo.mode !== 'none');

/** Steps without an undo, and steps left as they are by a rollback. In the order of their start. */
export const stayingSteps = (plan: Plan, state: RunState): readonly PlanActStep[] =>
  Object.keys(state.steps)
    .flatMap((id): PlanActStep[] => {
      const step = plan.steps[id];
      if (step?.kind !== 'act') return [];
      const kept = stepState(state, id).state === 'kept';
      return kept || (step.undo.mode === 'none' && owes(state, step)) ? [step] : [];
    })
    .sort((a, b) => (stepState(state, a.id).order ?? 0) - (stepState(state, b.id).order ?? 0));

/** The larger of the planned duration and that of comparable runs. */
export const undoMs = (state: RunState, step: PlanActStep): number =>
  step.undo.mode === 'none' || step.undo.mode === 'nothing'
    ? 0
    : Math.max(step.undo.expectedMs ?? step.expectedMs ?? 0, state.measuredUndoMs[step.id] ?? 0);

export const owedMs = (plan: Plan, state: RunState): number => sumOfActed(plan, state, undoMs);

/** How long the gate before the point of no return may still wait for an answer. */
const gateMs = (plan: Plan, state: RunState): number => {
  const line = lineOf(plan);
  const gate = line && plan.steps[line.gate];
  if (gate?.kind !== 'gate' || stepState(state, gate.id).state === 'succeeded') return 0;
  return gate.timeoutMs ?? 0;
};

/**
 * Hard stop minus the rollback still owed minus the gate's timeout: a later decision to roll back
 * cannot end inside the window. `starting` counts the undo of a step about to start.
 * null: no hard stop, or nothing can be rolled back any more.
 */
export const latestSafeAbort = (plan: Plan, state: RunState, starting?: PlanActStep): number | null => {
  const stop = hardStop(plan, state);
  if (stop === null || state.line) return null;
  const extra = starting && !owes(state, starting) ? undoMs(state, starting) : 0;
  return stop - owedMs(plan, state) - extra - gateMs(plan, state);
};
