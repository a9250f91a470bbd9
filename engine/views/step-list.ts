/** Which items a run's list has, and how each of them ends. */
import { isStopped, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { clean } from '../words/format.ts';
import { pendingTitle, runningTitle, settledTitle } from '../words/step-title.ts';
import { type StepWord, stepWord } from '../words/step-word.ts';
import type { ListEntry } from './listr.ts';
import type { SlotEnd } from './slots.ts';

export const lineTitle = '──────── POINT OF NO RETURN ────────';
/** No step id looks like this. */
export const lineId = ':line';

const itemOf = (plan: Plan, id: string) => {
  const step = plan.steps[id];
  return { id, title: step ? pendingTitle(step) : id };
};

export const forwardEntries = (plan: Plan): readonly ListEntry[] =>
  plan.entries.map((entry) => {
    if (entry.kind === 'step') return itemOf(plan, entry.step);
    if (entry.kind === 'line') return { id: lineId, title: lineTitle };
    return {
      title: `in parallel: ${entry.steps.join(', ')}`,
      parallel: entry.steps.map((id) => itemOf(plan, id)),
    };
  });

export const rollbackEntries = (plan: Plan, owed: readonly string[]): readonly ListEntry[] =>
  owed.map((id) => ({ id, title: undoTitle(plan, id) }));

const undoTitle = (plan: Plan, id: string): string => `undo: ${clean(plan.steps[id]?.name ?? id)}`;

const kinds = {
  succeeded: 'done',
  undone: 'done',
  failed: 'failed',
  skipped: 'skipped',
  kept: 'skipped',
} as const;

/** null: not settled in this direction. In a rollback only the end of an undo counts. */
export const settledEnd = (plan: Plan, state: RunState, id: string): SlotEnd | null => {
  if (id === lineId) return state.line ? { kind: 'done', title: `${lineTitle} crossed` } : null;
  const step = plan.steps[id];
  const s = state.steps[id];
  if (!step || !s || s.state === 'pending') return null;
  if (s.state === 'running') return null;
  if (state.rollback && s.state !== 'undone' && s.state !== 'kept') return null;
  return { kind: kinds[s.state], title: settledTitle(step, state) };
};

/** For items still open when the list closes: only a started one can have failed or stopped. */
export const openEnd = (plan: Plan, state: RunState, id: string, now: number): SlotEnd => {
  const step = plan.steps[id];
  if (!step) return { kind: 'unreached', title: id === lineId ? `${lineTitle} not crossed` : id };
  const { state: at, undoStartedAt } = stepState(state, id);
  if (state.rollback && at !== 'running' && at !== 'pending' && undoStartedAt === null)
    return { kind: 'unreached', title: `${undoTitle(plan, id)}  not started` };
  if (at === 'pending') return { kind: 'unreached', title: pendingTitle(step) };
  const title = runningTitle(step, state, now);
  if (isStopped(state, id)) return { kind: 'failed', title };
  const word = stepWord(state, id);
  if (endedBadly.includes(word)) return { kind: 'failed', title: `${title}  ${word}` };
  return { kind: 'stopped', title: `${title}  stopped` };
};

const endedBadly: readonly StepWord[] = ['failed', 'no-go', 'expired'];
