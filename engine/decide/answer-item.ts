/** A person's answer to an item of a checklist: accepted once, in time, from an approver. */

import type { Plan } from '../plan.ts';
import type { MaskedCommand } from './decisions.ts';
import { timerId } from './keys.ts';
import { itemState, openItems, stepState } from './queries.ts';
import type { Answered } from './refusal.ts';
import type { RunState } from './state.ts';

export const answerItem = (
  plan: Plan,
  state: RunState,
  command: Extract<MaskedCommand, { command: 'check' }>,
): Answered => {
  const { step: id, item: itemId, as, passed, user, reason } = command;
  const step = plan.steps[id];
  const item = step?.kind === 'checklist' ? step.items.find((i) => i.id === itemId) : undefined;
  const found = step?.kind === 'checklist' && item ? itemState(state, step, item) : null;
  if (found)
    return { refused: { why: 'item-answered', step: id, item: itemId, by: found.by, passed: found.passed } };
  const open = openItems(plan, state);
  if (step?.kind !== 'checklist' || !open.some((o) => o.step.id === id && o.item.id === itemId)) {
    const names = open.map((o) => `${o.step.id} ${o.item.id}`);
    return { refused: { why: 'item-not-open', step: id, item: itemId, open: names } };
  }
  const { checklist } = stepState(state, id);
  const timer = state.timers[timerId.items(id, checklist?.round ?? 0)];
  // Given in an earlier round: the state may have changed since.
  const stale = command.at < (checklist?.openedAt ?? 0) || (timer !== undefined && command.at > timer.until);
  if (stale) return { refused: { why: 'item-over', step: id, item: itemId } };
  if (!step.approvers.includes(as)) {
    return { refused: { why: 'not-asked', step: id, as, approvers: step.approvers } };
  }
  return { events: [{ type: 'item-checked', step: id, item: itemId, passed, by: as, user, reason }] };
};
