/** Watches in the background. */

import type { Plan, PlanWatch } from '../plan.ts';
import { frontOf } from './front.ts';
import { comesAfter, stepState } from './queries.ts';
import type { RunState } from './state.ts';
import { instantOf } from './times.ts';

/** When idle waits are skipped, only this ends a watch without a count. */
const rehearsalCount = 2;

/** The list has no step left before the end of this watch. */
const listWaits = (plan: Plan, state: RunState, watch: PlanWatch): boolean =>
  frontOf(plan, state).every(
    (step) => stepState(state, step.id).state === 'pending' && comesAfter(step, watch),
  );

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
