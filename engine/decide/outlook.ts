/** The four questions, as numbers: where are we, are we late, can we still go back, what comes next. */
import type { Plan, PlanStep } from '../plan.ts';
import { backgroundWatches, isBackground } from './background.ts';
import { stepState } from './fold.ts';
import { latestSafeAbort, owedMs, owedSteps } from './owed.ts';
import { perPlan } from './per-plan.ts';
import type { RunState } from './state.ts';
import { hardStop, instantOf, plannedAt, waitUntil } from './times.ts';

/** Instants in epoch ms, durations in ms. */
export interface Outlook {
  /** null: the clock is not set. */
  t0: number | null;
  current: readonly string[];
  next: { step: string; plannedAt: number | null } | null;
  /** Positive: late. Negative: ahead of the plan. */
  slipMs: number;
  /** When the step at T0 will start, as things stand. null: there is none, or it has started. */
  projectedT0: number | null;
  projectedEnd: number | null;
  hardStop: number | null;
  rollbackOwedMs: number;
  /** null: no hard stop, or the line is crossed. */
  latestSafeAbort: number | null;
  canGoBack: { yes: boolean; why: string };
}

export const outlook = (plan: Plan, state: RunState, now: number): Outlook => {
  const steps = groupsOf(plan).flat();
  const at = state.settled?.at ?? now;
  const latest = latestSafeAbort(plan, state);
  const next = steps.find((s) => stepState(state, s.id).state === 'pending');
  return {
    t0: state.clock?.t0 ?? null,
    current: steps.filter((s) => stepState(state, s.id).state === 'running').map((s) => s.id),
    next: next && !state.rollback ? { step: next.id, plannedAt: plannedAt(plan, state, next) } : null,
    ...project(plan, state, at),
    hardStop: hardStop(plan, state),
    rollbackOwedMs: owedMs(plan, state),
    latestSafeAbort: latest,
    canGoBack: canGoBack(plan, state, latest, at),
  };
};

/** Entries as groups of steps that start together. */
const groupsOf = perPlan((plan): readonly (readonly PlanStep[])[] =>
  plan.entries
    .filter((e) => e.kind !== 'line')
    .map((e) => (e.kind === 'step' ? [e.step] : e.steps).flatMap((id) => plan.steps[id] ?? [])),
);

/** Walks what is left: a step starts at its planned instant or when what stands before it is expected to end. */
const project = (plan: Plan, state: RunState, now: number) => {
  let free = now;
  let slipMs: number | null = null;
  let projectedT0: number | null = null;
  for (const group of groupsOf(plan)) {
    const from = free;
    for (const step of group) {
      const s = stepState(state, step.id);
      if (s.state !== 'pending' && s.state !== 'running') continue;
      const planned = s.plannedAt ?? plannedAt(plan, state, step);
      // It ends when it ends; the list does not wait for it.
      if (isBackground(step)) continue;
      const start = s.startedAt ?? Math.max(from, waitUntil(plan, state, step) ?? from);
      if (planned !== null && s.state === 'pending') slipMs ??= start - planned;
      if (step.atMs === 0 && s.state === 'pending') projectedT0 ??= start;
      free = Math.max(free, start + (step.expectedMs ?? 0));
    }
  }
  const ends = backgroundWatches(plan)
    .filter((w) => ['pending', 'running'].includes(stepState(state, w.id).state) && !state.clock?.skipWaits)
    .map((w) => instantOf(plan, state, w.untilMs) ?? free);
  const projectedEnd = state.clock ? Math.max(free, ...ends) : null;
  return { slipMs: slipMs ?? lastSlip(state), projectedT0, projectedEnd };
};

/** Of the planned step that started last, once nothing planned is left to start. */
const lastSlip = (state: RunState): number => {
  const { startedAt, plannedAt: planned } = stepState(state, state.cursor ?? '');
  return startedAt !== null && planned !== null ? startedAt - planned : 0;
};

const canGoBack = (
  plan: Plan,
  state: RunState,
  latest: number | null,
  now: number,
): { yes: boolean; why: string } => {
  if (state.settled?.result === 'rolled_back') return { yes: false, why: 'rolled back already' };
  if (state.line) return { yes: false, why: 'the point of no return is crossed' };
  if (state.rollback) return { yes: true, why: 'going back now' };
  const owed = owedSteps(plan, state);
  if (owed.length === 0) return { yes: true, why: 'nothing to undo' };
  if (latest !== null && now > latest) return { yes: true, why: 'but not before the hard stop' };
  return { yes: true, why: owed.length === 1 ? '1 step to undo' : `${owed.length} steps to undo` };
};
