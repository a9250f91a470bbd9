/** What comes to rest when a watch trips. */
import type { Plan, PlanWatch } from '../plan.ts';
import { isRunning } from './advance-act.ts';
import { runningWatches } from './background.ts';
import type { Decision } from './decisions.ts';
import { stepState } from './fold.ts';
import { actKey, attemptId } from './keys.ts';
import type { RunState } from './state.ts';

/** From the trip on, and while people are asked: acts that this session runs and that can be paused; others go on. */
export const pausesOf = (plan: Plan, state: RunState): readonly Decision[] =>
  runningWatches(plan, state).some((watch) => pausesNow(state, watch)) ? pausable(plan, state) : [];

const pausesNow = (state: RunState, { id, pauses, onFailure }: PlanWatch): boolean =>
  pauses && onFailure !== 'continue' && stepState(state, id).watch?.tripped != null;

const pausable = (plan: Plan, state: RunState): readonly Decision[] =>
  Object.keys(state.steps).flatMap((id): readonly Decision[] => {
    const step = plan.steps[id];
    const act = actKey(id, 'do', 0);
    if (step?.kind !== 'act' || !step.act.pausable || !isRunning(state, act)) return [];
    const attempt = state.acts[act]?.attempts.at(-1)?.n ?? 1;
    return [{ do: 'pause-act', id: `pause:${attemptId(act, attempt)}`, act, attempt }];
  });
