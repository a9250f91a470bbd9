/**
 * A rollback: living work ends first, then each owed step is undone, guarded and verified like any act. Lanes that ran
 * beside each other are undone beside each other.
 */

import type { Plan, PlanActStep } from '../plan.ts';
import { plannedAct } from './act-of.ts';
import { advanceAct, checkPolicy, rereadGuards, startsAct, stopAct, undoPolicy } from './advance-act.ts';
import type { Decision } from './decisions.ts';
import type { ActKey, Phase } from './events.ts';
import { actKey, isUndo, parseActKey } from './keys.ts';
import { ofPlan, say } from './masked.ts';
import { afterAct, go, type HoldRequest, type Move, settleStep } from './move.ts';
import { owes, undoFront } from './owed.ts';
import { isRunning, mayStillWork } from './queries.ts';
import type { RunState } from './state.ts';
import { together } from './together.ts';
import { openActs } from './touched.ts';

export const advanceRollback = (plan: Plan, state: RunState, now: number): Move => {
  const living = endLiving(plan, state);
  if (living) return living;
  // Not the list journaled at its start: an act that was starting at that moment must be undone too.
  const front = undoFront(plan, state);
  if (front.length > 0) {
    return together(
      front.map((step) => advanceUndo(state, step, now)),
      () => openActs(state).some((key) => isUndo(parseActKey(key).phase) && isRunning(state, key)),
    );
  }
  return go({ do: 'finish', id: 'finish', result: 'rolled_back' });
};

/** null: no forward act is running, and no abandoned undo, such as that of a skipped step. */
const endLiving = (plan: Plan, state: RunState): Move | null => {
  const stops: Decision[] = [];
  for (const key of openActs(state)) {
    const { step, phase } = parseActKey(key);
    const planned = plan.steps[step];
    if (isUndo(phase) && planned?.kind === 'act' && owes(state, planned)) continue;
    const last = state.acts[key]?.attempts.at(-1);
    if (!last) continue;
    if (last.living && !last.endAgain) return { kind: 'hold', request: livingHold(step, key) };
    // An open read of an earlier session has no effect.
    const read = !acting.includes(phase) || plannedAct(plan, key)?.effects === 'read';
    // A write with an unknown end, such as a broken connection, is not proven to have ended.
    const working = read ? isRunning(state, key) : mayStillWork(last);
    if (last.living || working) stops.push(stopAct(key, last.n));
  }
  return stops.length > 0 ? { kind: 'go', decisions: stops } : null;
};

const acting: readonly Phase[] = ['do', 'trip', 'undo'];

const livingHold = (step: string, act: ActKey): HoldRequest => ({
  cause: 'living',
  step,
  act,
  message: say`${ofPlan(step)}: no undo starts while its process may still be running`,
  remedy: null,
  choices: ['retry', 'ended', 'stop'],
});

const advanceUndo = (state: RunState, step: PlanActStep, now: number): Move => {
  const held = { id: step.id, onFailure: 'hold' } as const;
  const { undo } = step;
  if (undo.mode === 'none')
    return go(settleStep(step.id, 'kept', undo.why === null ? null : say`${ofPlan(undo.why)}`));
  const guards = undo.preconditions.map((_, index) => actKey(step.id, 'undo-pre', index));
  for (const act of guards) {
    const progress = advanceAct(state, checkPolicy(act), now);
    if (progress.is !== 'done') return afterAct(state, held, act, progress);
  }
  for (const [index, spec] of undo.acts.entries()) {
    const act = actKey(step.id, 'undo', index);
    const progress = advanceAct(state, undoPolicy(act, spec, undo.mode === 'auto'), now);
    if (progress.is === 'done') continue;
    const reread = index === 0 && startsAct(progress) ? rereadGuards(state, guards, act) : null;
    return afterAct(state, held, act, reread ?? progress);
  }
  for (const index of undo.verify.keys()) {
    const act = actKey(step.id, 'undo-verify', index);
    const progress = advanceAct(state, checkPolicy(act), now);
    if (progress.is !== 'done') return afterAct(state, held, act, progress);
  }
  return go(settleStep(step.id, 'undone'));
};
