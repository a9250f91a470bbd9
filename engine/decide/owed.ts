/** What a rollback would have to undo now, and how long that takes. */

import type { Plan, PlanActStep } from '../plan.ts';
import { actKey } from './keys.ts';
import { perPlan } from './per-plan.ts';
import { entrySteps, lineOf, mayHaveActed, stepState } from './queries.ts';
import type { RunState } from './state.ts';
import { hardStop } from './times.ts';

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

const owes = (state: RunState, step: PlanActStep): boolean => {
  const s = state.steps[step.id];
  if (!s || s.state === 'pending' || s.state === 'undone' || s.state === 'kept') return false;
  if (step.undo.mode === 'nothing') return false;
  return state.acts[actKey(step.id, 'do', 0)]?.attempts.some(mayHaveActed) ?? false;
};

/** Steps to undo: the half-done first, then in reverse order of their start. */
export const owedSteps = (plan: Plan, state: RunState): readonly PlanActStep[] => {
  const owed: PlanActStep[] = [];
  for (const id of Object.keys(state.steps)) {
    const step = plan.steps[id];
    if (step?.kind === 'act' && owes(state, step)) owed.push(step);
  }
  const wholly = (s: PlanActStep) => (state.acts[actKey(s.id, 'do', 0)]?.done ? 1 : 0);
  return owed.sort(
    (a, b) =>
      wholly(a) - wholly(b) || (stepState(state, b.id).order ?? 0) - (stepState(state, a.id).order ?? 0),
  );
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

export const owedMs = (plan: Plan, state: RunState): number =>
  owedSteps(plan, state).reduce((sum, step) => sum + undoMs(state, step), 0);

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
