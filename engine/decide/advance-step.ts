/** A step from its planned start to its settlement: wait, guard, act, verify. */

import type { Plan, PlanActStep, PlanStep, PlanWait } from '../plan.ts';
import { actPolicy, advanceAct, checkPolicy, rereadGuards, startsAct } from './advance-act.ts';
import { advanceChecklist } from './advance-checklist.ts';
import { advanceCondition } from './advance-condition.ts';
import { advanceGate, staleGate } from './advance-gate.ts';
import { advanceWatch } from './advance-watch.ts';
import { actKey, timerId } from './keys.ts';
import { afterAct, go, type Move, settleStep } from './move.ts';
import { crossesLine } from './owed.ts';
import { comesAfter, lineOf, runningWatches, stepState } from './queries.ts';
import { advanceOwnRead, judgesOwnRead } from './reread.ts';
import type { RunState } from './state.ts';
import { plannedAt, waitsForT0, waitUntil } from './times.ts';
import { waitFor, wakeAt } from './wait.ts';
import { watchWindow, windowHold } from './window.ts';

export const advanceStep = (plan: Plan, state: RunState, step: PlanStep, now: number): Move => {
  const { state: current } = stepState(state, step.id);
  if (current === 'pending') return start(plan, state, step, now);
  switch (step.kind) {
    case 'gate':
      return advanceGate(plan, state, step, now);
    case 'wait':
      return advanceWait(state, step, now);
    case 'watch':
      return advanceWatch(plan, state, step, now);
    case 'checklist':
      return advanceChecklist(state, step, now);
    case 'act':
      return watchWindow(plan, state, step, now, advanceActStep(plan, state, step, now));
  }
};

const start = (plan: Plan, state: RunState, step: PlanStep, now: number): Move => {
  if (waitsForT0(plan, state, step)) return go();
  const until = waitUntil(plan, state, step);
  if (until !== null && now < until) {
    // The instant may have moved since the timer was set.
    const wake = wakeAt(state, timerId.at(step.id), until);
    return wake ? go(wake) : go();
  }
  // Planned after the end of a watch: it waits for the verdict.
  if (runningWatches(plan, state).some((watch) => comesAfter(step, watch))) return go();
  const conditional = advanceCondition(state, step);
  if (conditional) return conditional;
  const blocked = windowHold(plan, state, step, now) ?? reopenGate(plan, state, step, now);
  if (blocked) return blocked;
  return go({
    do: 'start-step',
    id: `start:${step.id}`,
    step: step.id,
    plannedAt: plannedAt(plan, state, step),
  });
};

/** An act that crosses the point of no return needs a valid go of this session. */
const reopenGate = (plan: Plan, state: RunState, step: PlanStep, now: number): Move | null => {
  const line = lineOf(plan);
  if (!line || state.line || step.kind !== 'act' || !crossesLine(plan, state, step)) return null;
  return staleGate(plan, state, line.gate, now);
};

const advanceWait = (state: RunState, step: PlanWait, now: number): Move => {
  const { startedAt } = stepState(state, step.id);
  // Also when idle waits are skipped, which is about planned times: the next step may need this time.
  const until = (startedAt ?? now) + step.forMs;
  const waiting = step.forMs > 0 ? waitFor(state, timerId.wait(step.id), until, now) : null;
  return waiting ?? go(settleStep(step.id, 'succeeded'));
};

const advanceActStep = (plan: Plan, state: RunState, step: PlanActStep, now: number): Move => {
  const guards = step.preconditions.map((_, index) => actKey(step.id, 'pre', index));
  for (const act of guards) {
    const progress = advanceAct(state, checkPolicy(act), now);
    if (progress.is !== 'done') return afterAct(state, step, act, progress);
  }
  const act = actKey(step.id, 'do', 0);
  const progress = advanceAct(state, actPolicy(act, step.act, crossesLine(plan, state, step)), now);
  if (progress.is !== 'done') {
    if (!startsAct(progress)) return afterAct(state, step, act, progress);
    const reread = rereadGuards(state, guards, act);
    return reopenGate(plan, state, step, now) ?? afterAct(state, step, act, reread ?? progress);
  }
  for (const [index, spec] of step.verify.entries()) {
    const check = actKey(step.id, 'verify', index);
    const verified = judgesOwnRead(step, spec)
      ? advanceOwnRead(state, { read: act, check }, spec, now)
      : advanceAct(state, checkPolicy(check), now);
    if (verified.is !== 'done') return afterAct(state, step, check, verified);
  }
  return go(settleStep(step.id, 'succeeded'));
};
