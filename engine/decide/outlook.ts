/** The four questions, as numbers: where are we, are we late, can we still roll back, what comes next. */

import type { Plan, PlanStep } from '../plan.ts';
import { owedMs, stayingSteps, undoableSteps } from './owed.ts';
import { backgroundWatches, groupsOf, isLeft, stepState } from './queries.ts';
import { type Scheduled, schedule } from './schedule.ts';
import type { RunState } from './state.ts';
import { hardStop, instantOf, plannedAt } from './times.ts';
import { type RollbackLimit, rollbackLimit } from './until.ts';

/** Instants in epoch ms, durations in ms. */
export interface Outlook {
  /** null: the clock is not set. */
  t0: number | null;
  current: readonly string[];
  next: { step: string; plannedAt: number | null } | null;
  /** Positive: late. Negative: ahead of the plan. null: no step has a planned time. */
  slipMs: number | null;
  /** When the step at T0 will start, as now expected. null: there is none, or it has started. */
  projectedT0: number | null;
  /** Of everything, watches included. */
  projectedEnd: number | null;
  hardStop: number | null;
  /**
   * When the steps at T0 end (or the list, if there are none): the hard stop is for these. Watches and later steps may
   * continue after it. null: they have ended.
   */
  projectedDone: number | null;
  rollbackOwedMs: number;
  rollbackUntil: RollbackLimit | null;
  canGoBack: { yes: boolean; why: string };
  /** Steps that a rollback undoes. */
  undoes: readonly string[];
  /** Steps that it leaves as they are: they have no undo. */
  stays: readonly { readonly step: string; readonly why: string | null }[];
}

export const outlook = (plan: Plan, state: RunState, now: number): Outlook => {
  const steps = groupsOf(plan).flat();
  const at = state.settled?.at ?? now;
  const left = schedule(plan, state, at);
  const next = nextOf(plan, state, left);
  const t0Steps = left.filter(({ step }) => step.atMs === 0);
  const undoes = undoableSteps(plan, state).map((s) => s.id);
  const stays = staysOf(plan, state);
  return {
    t0: state.clock?.t0 ?? null,
    current: steps.filter((s) => stepState(state, s.id).state === 'running').map((s) => s.id),
    next:
      next && !state.rollback && !state.settled
        ? { step: next.id, plannedAt: plannedAt(plan, state, next) }
        : null,
    slipMs: slipOf(plan, state, left),
    projectedT0: t0Steps.find(({ step }) => stepState(state, step.id).state === 'pending')?.start ?? null,
    projectedEnd: projectedEnd(plan, state, left, at),
    hardStop: hardStop(plan, state),
    projectedDone: projectedDone(plan, state, left, t0Steps),
    rollbackOwedMs: owedMs(plan, state),
    rollbackUntil: rollbackLimit(plan, state, at),
    canGoBack: canGoBack(state, undoes.length, stays.length),
    undoes,
    stays,
  };
};

/** The step that starts next: in lanes the one that is expected first. */
const nextOf = (plan: Plan, state: RunState, left: readonly Scheduled[]): PlanStep | undefined => {
  const pending = groupsOf(plan)
    .map((group) => group.filter((s) => stepState(state, s.id).state === 'pending'))
    .find((group) => group.length > 0);
  const starts = new Map(left.map(({ step, start }) => [step.id, start] as const));
  const startOf = ({ id }: PlanStep): number => starts.get(id) ?? Number.NEGATIVE_INFINITY;
  return pending?.reduce((first, step) => (startOf(step) < startOf(first) ? step : first));
};

export const staysOf = (plan: Plan, state: RunState): Outlook['stays'] =>
  stayingSteps(plan, state).map(({ id, undo }) => ({
    step: id,
    why: undo.why ?? stepState(state, id).reason,
  }));

const last = (left: readonly Scheduled[], otherwise: number): number =>
  Math.max(otherwise, ...left.map(({ end }) => end));

const projectedEnd = (
  plan: Plan,
  state: RunState,
  left: readonly Scheduled[],
  now: number,
): number | null => {
  if (!state.clock) return null;
  const free = last(left, now);
  const watches = state.clock.skipWaits ? [] : backgroundWatches(plan).filter((w) => isLeft(state, w));
  return Math.max(free, ...watches.map((w) => instantOf(plan, state, w.untilMs) ?? free));
};

const projectedDone = (
  plan: Plan,
  state: RunState,
  left: readonly Scheduled[],
  t0Steps: readonly Scheduled[],
): number | null => {
  if (!state.clock || state.settled) return null;
  const listed = groupsOf(plan).flat();
  const governed = listed.some((s) => s.atMs === 0 && s.kind === 'act') ? t0Steps : left;
  return governed.length > 0 ? last(governed, Number.NEGATIVE_INFINITY) : null;
};

/** Of the next step with a planned time; if none is left, of the last started one. */
const slipOf = (plan: Plan, state: RunState, left: readonly Scheduled[]): number | null => {
  for (const { step, start } of left) {
    const planned = plannedAt(plan, state, step);
    if (planned !== null && stepState(state, step.id).state === 'pending') return start - planned;
  }
  const { startedAt, plannedAt: planned } = stepState(state, state.cursor ?? '');
  return startedAt !== null && planned !== null ? startedAt - planned : null;
};

/** A run without changes can be rolled back: this ends it. */
const canGoBack = (state: RunState, undoes: number, stays: number): { yes: boolean; why: string } => {
  if (state.settled?.result === 'rolled_back') return { yes: false, why: 'the rollback has ended' };
  if (state.line) return { yes: false, why: 'after the point of no return' };
  if (state.rollback) return { yes: true, why: 'rolling back now' };
  if (undoes > 0) return { yes: true, why: `${undoes} ${undoes === 1 ? 'step' : 'steps'} to undo` };
  if (stays > 0) return { yes: false, why: 'no finished step can be undone' };
  return { yes: true, why: 'nothing to undo' };
};
