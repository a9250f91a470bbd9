/** Until when a rollback is possible: the projected point of no return, or the hard stop, whichever is first. */

import type { Plan, PlanStep } from '../plan.ts';
import { actKey } from './keys.ts';
import { crossesLine, owedMs } from './owed.ts';
import { isLeft, mayHaveActed, standsStill } from './queries.ts';
import { schedule } from './schedule.ts';
import type { RunState } from './state.ts';
import { hardStop, waitUntil } from './times.ts';

export interface RollbackLimit {
  readonly at: number;
  readonly because: 'point-of-no-return' | 'hard-stop';
  /** It has that planned time; otherwise it comes as soon as the steps before it have ended. */
  readonly fixed: boolean;
}

/** The earliest moment that is to be expected. null: no remaining step would cross it. */
export const projectedCrossing = (plan: Plan, state: RunState, now: number): RollbackLimit | null => {
  if (state.line) return null;
  const crossings = schedule(plan, state, now, 'at-once').filter(({ step }) => crosses(plan, state, step));
  const [first, ...others] = crossings;
  if (!first) return null;
  const { start, step } = others.reduce((a, b) => (b.start < a.start ? b : a), first);
  const fixed = start > now && start === waitUntil(plan, state, step);
  return { at: Math.max(now, start), because: 'point-of-no-return', fixed };
};

/** Its act has not started yet. */
const crosses = (plan: Plan, state: RunState, step: PlanStep): boolean => {
  if (step.kind !== 'act' || !isLeft(state, step) || !crossesLine(plan, state, step)) return false;
  return !state.acts[actKey(step.id, 'do', 0)]?.attempts.some(mayHaveActed);
};

/** null: nothing limits it, or nothing can be rolled back any more. */
export const rollbackLimit = (plan: Plan, state: RunState, now: number): RollbackLimit | null => {
  if (state.line || state.rollback || state.settled) return null;
  const crossing = projectedCrossing(plan, state, now);
  const stop = hardStop(plan, state);
  if (stop === null) return crossing;
  const latest = stop - owedMs(plan, state);
  // While the run is held, only a crossing at a planned time comes nearer.
  const nears = crossing !== null && (crossing.fixed || !standsStill(state));
  if (nears && crossing.at <= latest) return crossing;
  return { at: latest, because: 'hard-stop', fixed: true };
};
