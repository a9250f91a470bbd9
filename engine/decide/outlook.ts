/** The four questions, as numbers: where are we, are we late, can we still go back, what comes next. */
import type { Plan, PlanStep } from '../plan.ts';
import { stepState } from './fold.ts';
import { latestSafeAbort, owedMs, owedSteps } from './owed.ts';
import type { RunState } from './state.ts';
import { hardStop, plannedAt, waitUntil } from './times.ts';

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
  const steps = inOrder(plan);
  const at = state.settled?.at ?? now;
  const latest = latestSafeAbort(plan, state);
  const next = steps.find((s) => stepState(state, s.id).state === 'pending');
  return {
    t0: state.clock?.t0 ?? null,
    current: steps.filter((s) => stepState(state, s.id).state === 'running').map((s) => s.id),
    next: next && !state.rollback ? { step: next.id, plannedAt: plannedAt(plan, state, next) } : null,
    ...project(plan, state, steps, at),
    hardStop: hardStop(plan, state),
    rollbackOwedMs: owedMs(plan, state),
    latestSafeAbort: latest,
    canGoBack: canGoBack(plan, state, latest, at),
  };
};

const orders = new WeakMap<Plan, readonly PlanStep[]>();
const inOrder = (plan: Plan): readonly PlanStep[] => {
  let steps = orders.get(plan);
  if (!steps) {
    steps = plan.entries
      .flatMap((e) => (e.kind === 'step' ? [e.step] : e.kind === 'parallel' ? e.steps : []))
      .flatMap((id) => plan.steps[id] ?? []);
    orders.set(plan, steps);
  }
  return steps;
};

/** Walks what is left: a step starts at its planned instant or when the one before is expected to end. */
const project = (plan: Plan, state: RunState, steps: readonly PlanStep[], now: number) => {
  let cursor = now;
  let projectedT0: number | null = null;
  let slipMs: number | null = null;
  const { siblings } = parallels(plan);
  let group: { first: string; start: number } | null = null;
  for (const step of steps) {
    const s = stepState(state, step.id);
    if (s.state === 'running') {
      const end = (s.startedAt ?? now) + (step.expectedMs ?? 0);
      cursor = Math.max(cursor, end);
      slipMs ??= lateness(s.startedAt, s.plannedAt) + Math.max(0, now - end);
      continue;
    }
    if (s.state !== 'pending') {
      if (s.startedAt !== null) slipMs = lateness(s.startedAt, s.plannedAt) || slipMs;
      continue;
    }
    const first = siblings.get(step.id);
    const from = first !== undefined && group?.first === first ? group.start : cursor;
    const start = Math.max(from, waitUntil(plan, state, step) ?? from);
    if (first !== undefined && group?.first !== first) group = { first, start };
    const planned = plannedAt(plan, state, step);
    if (planned !== null && start > planned && step.atMs !== null && step.atMs <= 0) {
      slipMs = Math.max(slipMs ?? 0, start - planned);
    }
    if (step.atMs === 0) projectedT0 ??= start;
    cursor = Math.max(cursor, start + (step.expectedMs ?? 0));
  }
  return { slipMs: slipMs ?? 0, projectedT0, projectedEnd: state.clock ? cursor : null };
};

const lateness = (actual: number | null, planned: number | null): number =>
  actual !== null && planned !== null ? actual - planned : 0;

const groups = new WeakMap<Plan, ReadonlyMap<string, string>>();
const parallels = (plan: Plan): { siblings: ReadonlyMap<string, string> } => {
  let siblings = groups.get(plan);
  if (!siblings) {
    siblings = new Map(
      plan.entries.flatMap((e) =>
        e.kind === 'parallel' ? e.steps.map((id) => [id, e.steps[0] as string] as const) : [],
      ),
    );
    groups.set(plan, siblings);
  }
  return { siblings };
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
