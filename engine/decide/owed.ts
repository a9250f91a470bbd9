/** What a rollback would have to undo now, and how long that takes. */

import type { Plan, PlanActStep } from '../plan.ts';
import { addToLane, growthOf, noLaneSums } from './lane-sums.ts';
import { placeOf } from './lanes.ts';
import { perPlan } from './per-plan.ts';
import { entrySteps, lineOf, stepState } from './queries.ts';
import type { RunState } from './state.ts';
import { hardStop } from './times.ts';
import { actedSteps, hasActed, sumsOfActed } from './touched.ts';

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

/**
 * The last entry of the list first, and within it the step that started last. A half-done step is the last of its lane,
 * unless the list went on after it: then what was built on it is undone before it.
 */
const inUndoOrder = (plan: Plan, state: RunState): ((a: PlanActStep, b: PlanActStep) => number) => {
  const order = (s: PlanActStep) => stepState(state, s.id).order ?? 0;
  return (a, b) => placeOf(plan, b.id).entry - placeOf(plan, a.id).entry || order(b) - order(a);
};

/** Steps to undo, in that order; those of one entry are undone lane beside lane. */
export const owedSteps = (plan: Plan, state: RunState): readonly PlanActStep[] =>
  [...owed(plan, state)].sort(inUndoOrder(plan, state));

/** Those to undo now: of the last entry that owes any, the last one of each lane. Empty: there are none. */
export const undoFront = (plan: Plan, state: RunState): readonly PlanActStep[] => {
  let entry = Number.NEGATIVE_INFINITY;
  let last = new Map<number, PlanActStep>();
  for (const step of owed(plan, state)) {
    const at = placeOf(plan, step.id);
    if (at.entry < entry) continue;
    if (at.entry > entry) last = new Map();
    entry = at.entry;
    const known = last.get(at.lane);
    if (!known || placeOf(plan, known.id).index < at.index) last.set(at.lane, step);
  }
  return [...last.values()].sort(inUndoOrder(plan, state));
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

/** Lanes are undone beside each other, so that the longest of an entry counts. */
export const owedMs = (plan: Plan, state: RunState): number => sumsOfActed(plan, state, undoMs).ms;

/** During a rollback: of the undos that run, only the rest. */
export const owedLeftMs = (plan: Plan, state: RunState, now: number): number => {
  const sums = noLaneSums();
  for (const step of owed(plan, state)) {
    const since = stepState(state, step.id).undoStartedAt ?? now;
    addToLane(sums, placeOf(plan, step.id), Math.max(0, undoMs(state, step) - (now - since)));
  }
  return sums.ms;
};

/** By how much more this step would make it. */
const moreOwedMs = (plan: Plan, state: RunState, step: PlanActStep): number =>
  owes(state, step)
    ? 0
    : growthOf(sumsOfActed(plan, state, undoMs), placeOf(plan, step.id), undoMs(state, step));

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
  const extra = starting ? moreOwedMs(plan, state, starting) : 0;
  return stop - owedMs(plan, state) - extra - gateMs(plan, state);
};
