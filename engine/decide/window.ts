/** The hard stop: a person decides, in time, whether to continue past the last moment for a rollback. */
import type { Plan, PlanActStep, PlanStep } from '../plan.ts';
import { timerId } from './keys.ts';
import { type Masked, ofPlan, say } from './masked.ts';
import { choices, type Move } from './move.ts';
import { latestSafeAbort } from './owed.ts';
import type { RunState } from './state.ts';
import { waitFor } from './wait.ts';

const hold = (state: RunState, step: string, message: Masked, urgent: boolean): Move => ({
  kind: 'hold',
  urgent,
  request: {
    cause: 'window',
    step,
    act: null,
    message: say`${ofPlan(step)}: ${message}`,
    remedy: null,
    choices: choices(state, 'continue', 'roll-back', 'stop'),
  },
});

/** Before the step starts: once it has run, a rollback may no longer end before the hard stop. */
export const windowHold = (plan: Plan, state: RunState, step: PlanStep, now: number): Move | null => {
  if (step.kind !== 'act' || state.windowWaived) return null;
  const latest = latestSafeAbort(plan, state, step);
  if (latest === null || now + (step.expectedMs ?? 0) <= latest) return null;
  return hold(state, step.id, say`after this step, a rollback may end after the hard stop`, false);
};

/** While it runs: a slow step must not pass the last moment for a rollback without a question. */
export const watchWindow = (
  plan: Plan,
  state: RunState,
  step: PlanActStep,
  now: number,
  move: Move,
): Move => {
  const idle = move.kind === 'go' && move.decisions.every((d) => d.do === 'act' || d.do === 'probe');
  const latest = idle && !state.windowWaived ? latestSafeAbort(plan, state) : null;
  if (move.kind !== 'go' || latest === null) return move;
  const waiting = waitFor(state, timerId.window(step.id), latest, now);
  if (waiting?.kind === 'go') return { kind: 'go', decisions: [...move.decisions, ...waiting.decisions] };
  return hold(state, step.id, say`it takes so long that a rollback may soon end after the hard stop`, true);
};
