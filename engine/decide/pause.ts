/** What is paused when a watch trips. */

import type { Plan } from '../plan.ts';
import type { Decision } from './decisions.ts';
import { actKey, attemptId } from './keys.ts';
import { isRunning, stoppingWatches } from './queries.ts';
import type { RunState } from './state.ts';

/**
 * While a watch has tripped and no choice is made yet: acts of the list that this session runs and whose type can be
 * paused. The others continue.
 */
export const pausesOf = (plan: Plan, state: RunState): readonly Decision[] =>
  stoppingWatches(plan, state).some((watch) => watch.pauses) ? pausable(plan, state) : [];

const pausable = (plan: Plan, state: RunState): readonly Decision[] =>
  Object.keys(state.steps).flatMap((id): readonly Decision[] => {
    const step = plan.steps[id];
    const act = actKey(id, 'do', 0);
    if (step?.kind !== 'act' || !step.act.pausable || !isRunning(state, act)) return [];
    const attempt = state.acts[act]?.attempts.at(-1)?.n ?? 1;
    return [{ do: 'pause-act', id: `pause:${attemptId(act, attempt)}`, act, attempt }];
  });
