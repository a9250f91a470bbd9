/** Which items a run's list has, and how each of them ends. */
import { lanesOf, placeOf } from '../decide/lanes.ts';
import { isStopped, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { clean, plural } from '../words/format.ts';
import {
  laneName,
  laneOf,
  laneProgress,
  laneTitle,
  pendingLaneTitle,
  settledLaneTitle,
} from '../words/lane.ts';
import { pendingTitle, runningTitle, settledTitle } from '../words/step-title.ts';
import { type StepWord, stepWord } from '../words/step-word.ts';
import type { ListEntry } from './listr.ts';
import type { SlotEnd } from './slots.ts';

export const lineTitle = '──────── POINT OF NO RETURN ────────';
/** No step id looks like this. */
export const lineId = ':line';

const stepItem = (plan: Plan, id: string) => {
  const step = plan.steps[id];
  return { id, title: step ? pendingTitle(step) : id };
};

/** A lane of several steps is one item. */
const laneItem = (plan: Plan, ids: readonly string[]) => {
  const lane = laneOf(plan, ids[0] ?? '');
  return lane ? { id: lane.id, title: pendingLaneTitle(lane) } : stepItem(plan, ids[0] ?? '');
};

export const forwardEntries = (plan: Plan): readonly ListEntry[] =>
  plan.entries.map((entry) => {
    if (entry.kind === 'step') return stepItem(plan, entry.step);
    if (entry.kind === 'line') return { id: lineId, title: lineTitle };
    const lanes = lanesOf(entry);
    return {
      title: `in parallel: ${lanes.map(laneName).join(', ')}`,
      parallel: lanes.map((ids) => laneItem(plan, ids)),
    };
  });

/** Entry by entry, the lanes of one beside each other. */
export const rollbackEntries = (plan: Plan, owed: readonly string[]): readonly ListEntry[] => {
  const entries = Map.groupBy(owed, (id) => placeOf(plan, id).entry);
  return [...entries.values()].map((ids): ListEntry => {
    const lanes = [...Map.groupBy(ids, (id) => placeOf(plan, id).lane).values()];
    const items = lanes.map((lane) => undoItem(plan, lane));
    const [only] = items;
    if (items.length === 1 && only) return only;
    return { title: `undo in parallel: ${lanes.map(laneName).join(', ')}`, parallel: items };
  });
};

const undoItem = (plan: Plan, owed: readonly string[]) => {
  const [id = ''] = owed;
  const lane = laneOf(plan, id);
  if (!lane) return { id, title: undoTitle(plan, id) };
  return { id: lane.id, title: `undo: ${clean(lane.name)}  ${plural(owed.length, 'step')}` };
};

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

/** The item that a step is shown by. */
export const itemOf = (plan: Plan, step: string): string => laneOf(plan, step)?.id ?? step;

/** Of the item that shows this step; null: it is still open. */
export const settledItem = (plan: Plan, state: RunState, id: string): SlotEnd | null => {
  const lane = laneOf(plan, id);
  if (!lane) return settledEnd(plan, state, id);
  const { done, total } = laneProgress(state, lane);
  if (done < total || total === 0) return null;
  const ends = lane.steps.flatMap((step) => settledEnd(plan, state, step.id)?.kind ?? []);
  const kind = ends.includes('failed') ? 'failed' : ends.includes('done') ? 'done' : 'skipped';
  return { kind, title: settledLaneTitle(lane, state) };
};

/** For items still open when the list closes. */
export const openItemEnd = (plan: Plan, state: RunState, id: string, now: number): SlotEnd => {
  const lane = laneOf(plan, id.replace(laneIds, ''));
  if (!lane || !laneIds.test(id)) return openEnd(plan, state, id, now);
  const title = laneTitle(lane, state, now);
  const { done, at } = laneProgress(state, lane);
  if (at) return { kind: openEnd(plan, state, at.id, now).kind, title };
  return { kind: done > 0 ? 'stopped' : 'unreached', title };
};

const laneIds = /^:lane:/;

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
