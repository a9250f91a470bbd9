/** Instants of the timeline, epoch ms. */
import type { Plan, PlanStep } from '../plan.ts';
import { placeOf } from './lanes.ts';
import { perPlan } from './per-plan.ts';
import type { RunState } from './state.ts';

/** T+ counts from the later of T0 and the verified end of what is planned at T0 and runs in the list. */
const anchor = (plan: Plan, state: RunState, t0: number): number => {
  let latest = t0;
  for (const id of stepsAtT0(plan)) {
    const end = state.steps[id]?.settledAt;
    if (end !== null && end !== undefined && end > latest) latest = end;
  }
  return latest;
};

const stepsAtT0 = perPlan((plan) =>
  Object.values(plan.steps)
    .filter((s) => s.atMs === 0 && !(s.kind === 'watch' && s.untilMs !== null))
    .map((s) => s.id),
);

/**
 * T+ counts from the end of what is planned at T0, which is not known while that runs beside the step or starts beside
 * it later.
 */
export const waitsForT0 = (plan: Plan, state: RunState, step: PlanStep): boolean => {
  if (step.atMs === null || step.atMs <= 0 || !state.clock || state.clock.skipWaits) return false;
  const { entry } = placeOf(plan, step.id);
  return stepsAtT0(plan).some(
    (id) => placeOf(plan, id).entry === entry && (state.steps[id]?.settledAt ?? null) === null,
  );
};

/** Of an offset from T0; null: no clock is set. */
export const instantOf = (plan: Plan, state: RunState, offsetMs: number): number | null => {
  if (!state.clock) return null;
  const { t0 } = state.clock;
  return (offsetMs <= 0 ? t0 : anchor(plan, state, t0)) + offsetMs;
};

/** null: the step follows the one before it, or no clock is set. */
export const plannedAt = (plan: Plan, state: RunState, step: PlanStep): number | null =>
  step.atMs === null ? null : instantOf(plan, state, step.atMs);

/** Before this instant the step may not start. null: at once. */
export const waitUntil = (plan: Plan, state: RunState, step: PlanStep): number | null => {
  if (!state.clock || state.clock.skipWaits) return null;
  const planned = plannedAt(plan, state, step);
  const { opensMs } = plan.timeline;
  if (opensMs === null) return planned;
  return Math.max(state.clock.t0 + opensMs, planned ?? Number.NEGATIVE_INFINITY);
};

export const hardStop = (plan: Plan, state: RunState): number | null =>
  state.clock && plan.timeline.hardStopMs !== null ? state.clock.t0 + plan.timeline.hardStopMs : null;
