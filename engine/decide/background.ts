/** Watches that run beside the list. */
import type { Plan, PlanStep, PlanWatch } from '../plan.ts';
import { stepState } from './fold.ts';
import { perPlan } from './per-plan.ts';
import type { RunState } from './state.ts';
import { instantOf } from './times.ts';

/** In a rehearsal that skips waits nothing but this tells a watch without a count that it has seen enough. */
const rehearsalCount = 2;

export const isBackground = (step: PlanStep | undefined): step is PlanWatch & { untilMs: number } =>
  step?.kind === 'watch' && step.untilMs !== null;

export const backgroundWatches = perPlan((plan) => Object.values(plan.steps).filter(isBackground));

export const runningWatches = (plan: Plan, state: RunState): readonly PlanWatch[] =>
  backgroundWatches(plan).filter((w) => stepState(state, w.id).state === 'running');

/** They stop the list: from the trip until a person has chosen. With `continue` nobody is asked. */
export const stoppingWatches = (plan: Plan, state: RunState): readonly PlanWatch[] =>
  runningWatches(plan, state).filter(
    (w) => w.onFailure !== 'continue' && !!stepState(state, w.id).watch?.tripped,
  );

/** The list has nothing left to do before the end of this watch. */
const listWaits = (plan: Plan, state: RunState, watch: PlanWatch): boolean => {
  const open = Object.values(plan.steps).find((step) => {
    const { state: at } = stepState(state, step.id);
    return !isBackground(step) && (at === 'pending' || at === 'running');
  });
  return !open || (stepState(state, open.id).state === 'pending' && comesAfter(open, watch));
};

/** Planned for when the watch is over: it waits for its verdict. */
export const comesAfter = (step: PlanStep, watch: PlanWatch): boolean =>
  watch.untilMs !== null && step.atMs !== null && step.atMs >= watch.untilMs;

/** `due`: of the next measurement. One that is due before the end is taken, however late it comes. */
export const backgroundEnded = (
  plan: Plan,
  state: RunState,
  watch: PlanWatch,
  taken: number,
  due: number,
  now: number,
): boolean => {
  if (state.clock?.skipWaits)
    return taken >= (watch.count ?? rehearsalCount) && listWaits(plan, state, watch);
  if (watch.count !== null && taken >= watch.count) return true;
  const until = watch.untilMs === null ? null : instantOf(plan, state, watch.untilMs);
  return until !== null && now >= until && due > until;
};
