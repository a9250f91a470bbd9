/**
 * A checklist: automatic items run one after the other, while people answer the others. All items are checked before
 * the run is held: the first failure must not hide the second.
 */

import type { PlanAct, PlanChecklist, PlanItem } from '../plan.ts';
import { advanceAct, checkPolicy } from './advance-act.ts';
import type { Decision } from './decisions.ts';
import { actKey, timerId } from './keys.ts';
import { joined, type Masked, ofPlan, say } from './masked.ts';
import { choices, failed, go, type HoldRequest, type Move, settleStep } from './move.ts';
import { itemState, stepState, unansweredItems } from './queries.ts';
import type { RunState } from './state.ts';

export const advanceChecklist = (state: RunState, step: PlanChecklist, now: number): Move => {
  const people = unansweredItems(state, step);
  const asking = people.length > 0 ? ask(state, step, people, now) : 'answered';
  const reading = read(state, step, now);
  if (reading !== null || Array.isArray(asking)) {
    return go(...(Array.isArray(asking) ? asking : []), ...(reading ?? []));
  }
  if (asking === 'waiting') return go();
  if (asking === 'expired') return { kind: 'hold', request: unanswered(state, step, people) };
  return settle(state, step);
};

/** What opens the questions to people; otherwise its result. */
const ask = (
  state: RunState,
  step: PlanChecklist,
  items: readonly PlanItem[],
  now: number,
): Decision[] | 'waiting' | 'expired' => {
  const { checklist } = stepState(state, step.id);
  const timer = timerId.items(step.id, checklist?.round ?? 0);
  const armed = state.timers[timer];
  const expired = armed !== undefined && (armed.ended || now >= armed.until);
  const mine = checklist !== null && checklist.openedSession === state.session?.n;
  // Asked again if the time ran out while no engine was running.
  if (!checklist?.openedSession || (expired && !mine)) {
    const round = (checklist?.round ?? 0) + 1;
    const asks = items.map((item) => item.id);
    return [{ do: 'open-checklist', id: `open:${step.id}#${round}`, step: step.id, round, asks }];
  }
  if (expired) return 'expired';
  if (step.timeoutMs === null || armed) return 'waiting';
  return [{ do: 'arm-timer', id: timer, timer, until: checklist.openedAt + step.timeoutMs }];
};

/** null: every automatic item is decided. */
const read = (state: RunState, step: PlanChecklist, now: number): readonly Decision[] | null => {
  for (const [index, item] of step.items.entries()) {
    if (item.check === null || itemState(state, step, item)) continue;
    return readItem(state, step, { item, check: item.check, index }, now);
  }
  return null;
};

const readItem = (
  state: RunState,
  step: PlanChecklist,
  { item, check, index }: { item: PlanItem; check: PlanAct; index: number },
  now: number,
): readonly Decision[] => {
  const progress = advanceAct(state, checkPolicy(actKey(step.id, 'item', index)), now);
  const found = (passed: boolean, reason: Masked): readonly Decision[] => [
    { do: 'check-item', id: `item:${step.id}/${item.id}`, step: step.id, item: item.id, passed, reason },
  ];
  switch (progress.is) {
    case 'busy':
      return progress.decisions;
    case 'done':
      return found(true, say`passed: ${ofPlan(check.preview)}`);
    case 'failed':
      return found(false, progress.error.short);
    case 'unknown':
      return found(false, progress.why);
    case 'living':
      return found(false, say`its check did not end`);
  }
};

const failedItems = (state: RunState, step: PlanChecklist): readonly Masked[] =>
  step.items.flatMap((item) => {
    const found = itemState(state, step, item);
    if (!found || found.passed) return [];
    const by = found.by === null ? say`` : say`${ofPlan(found.by)}: `;
    return [say`${ofPlan(item.id)} (${by}${found.reason})`];
  });

const settle = (state: RunState, step: PlanChecklist): Move => {
  const bad = failedItems(state, step);
  if (bad.length === 0) return go(settleStep(step.id, 'succeeded'));
  const why = say`${bad.length} of ${step.items.length} items failed: ${joined(bad, '; ')}`;
  return failed(state, step, { act: null, why, remedy: null });
};

const unanswered = (state: RunState, step: PlanChecklist, items: readonly PlanItem[]): HoldRequest => {
  const bad = failedItems(state, step);
  const also = bad.length > 0 ? say`; failed: ${joined(bad, '; ')}` : say``;
  const open = items.map((item) => item.id).join(', ');
  return {
    cause: 'unanswered',
    step: step.id,
    act: null,
    message: say`${ofPlan(step.id)}: no answer in time: ${ofPlan(open)}${also}`,
    remedy: null,
    choices: choices(state, 'retry', 'skip', 'roll-back', 'stop'),
  };
};
