/** A lane of several steps as one line: which it is, how far it is, and the step that it is at. */
import { isOver } from '../decide/front.ts';
import { lanesOf, placeOf } from '../decide/lanes.ts';
import { perPlan } from '../decide/per-plan.ts';
import { isBackground, isStopped, stepState } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { clean, span } from './format.ts';
import { pendingTitle, runningText } from './step-title.ts';

export interface Lane {
  /** No step id begins with a colon. */
  readonly id: string;
  readonly name: string;
  readonly steps: readonly PlanStep[];
}

/** Ids of a group begin with its own: `sections[s1]/read-only` is of `sections[s1]`. */
export const laneName = (ids: readonly string[]): string => {
  const [first = '', last = ''] = [ids[0], ids.at(-1)];
  const prefix = first.slice(0, first.lastIndexOf('/') + 1);
  if (prefix !== '' && ids.every((id) => id.startsWith(prefix))) return prefix.slice(0, -1);
  return ids.length > 1 ? `${first} to ${last}` : first;
};

/** Lanes of more than one step, by the steps in them. */
const lanes = perPlan((plan): ReadonlyMap<string, Lane> => {
  const found = new Map<string, Lane>();
  for (const entry of plan.entries) {
    for (const ids of lanesOf(entry)) {
      if (ids.length < 2) continue;
      const steps = ids.flatMap((id) => plan.steps[id] ?? []);
      const lane = { id: `:lane:${ids[0]}`, name: laneName(ids), steps };
      for (const id of ids) found.set(id, lane);
    }
  }
  return found;
});

/** null: it is a lane of its own. */
export const laneOf = (plan: Plan, step: string): Lane | null => lanes(plan).get(step) ?? null;

/** More than this many lanes beside each other have one line each: nothing else would fit on a screen of 24 lines. */
const fewLanes = 3;

export const isCrowded = (plan: Plan, step: string): boolean => {
  const entry = plan.entries[placeOf(plan, step).entry];
  return entry !== undefined && lanesOf(entry).length > fewLanes;
};

export const lanesShown = (plan: Plan): Iterable<Lane> => new Set(lanes(plan).values());

/** Inside of its lane the name of the lane is not repeated. */
export const nameInLane = (lane: string, step: string): string =>
  clean(step.startsWith(`${lane}/`) ? step.slice(lane.length + 1) : step);

const inside = (lane: Lane, step: PlanStep): string => nameInLane(lane.name, step.name);

/** The steps of a rollback are those that it undoes. */
const inRollback = (state: RunState, { steps }: Lane): readonly PlanStep[] =>
  state.rollback ? steps.filter(({ id }) => state.rollback?.owed.includes(id)).toReversed() : steps;

const hasEnded = (state: RunState, { id }: PlanStep): boolean => {
  const { state: at } = stepState(state, id);
  return state.rollback ? at === 'undone' || at === 'kept' : isOver(state, id);
};

const isAt = (state: RunState, step: PlanStep): boolean => {
  const s = stepState(state, step.id);
  if (hasEnded(state, step)) return false;
  return state.rollback ? s.undoStartedAt !== null : s.state === 'running' && !isBackground(step);
};

export interface LaneProgress {
  readonly done: number;
  readonly total: number;
  /** That runs, or that the run is held at. null: none. */
  readonly at: PlanStep | null;
  readonly next: PlanStep | null;
}

export const laneProgress = (state: RunState, lane: Lane): LaneProgress => {
  const steps = inRollback(state, lane);
  const open = steps.filter((step) => !hasEnded(state, step));
  const at = open.find((step) => isStopped(state, step.id)) ?? open.find((step) => isAt(state, step));
  return { done: steps.length - open.length, total: steps.length, at: at ?? null, next: open[0] ?? null };
};

const head = (lane: Lane, { done, total }: LaneProgress): string =>
  `${''.padEnd(8)} ${clean(lane.name)}  ${done}/${total}`;

/** While it is open. */
export const laneTitle = (lane: Lane, state: RunState, now: number): string => {
  const progress = laneProgress(state, lane);
  const { at, next } = progress;
  if (at) return `${head(lane, progress)}  ${inside(lane, at)}  ${runningText(at, state, now)}`;
  return next ? `${head(lane, progress)}  next: ${inside(lane, next)}` : head(lane, progress);
};

/** Before the run has begun. */
export const pendingLaneTitle = (lane: Lane): string => {
  const [first] = lane.steps;
  const at = first ? pendingTitle(first).slice(0, 8) : ''.padEnd(8);
  return `${at} ${clean(lane.name)}  ${lane.steps.length} steps`;
};

const words = ['failed', 'skipped', 'kept'] as const;

/** Once it is over: how long it took, and which steps did not simply succeed. */
export const settledLaneTitle = (lane: Lane, state: RunState): string => {
  const steps = inRollback(state, lane);
  const times = steps.map(({ id }) => stepState(state, id));
  const starts = times.flatMap((s) => (state.rollback ? s.undoStartedAt : s.startedAt) ?? []);
  const ends = times.flatMap((s) => s.settledAt ?? []);
  const took = starts.length > 0 ? `  ${span(Math.max(...ends) - Math.min(...starts))}` : '';
  const named = words.flatMap((word) => {
    const found = steps.filter(({ id }) => stepState(state, id).state === word);
    const said = word === 'kept' ? 'left as it is' : word;
    return found.length === 0 ? [] : `${said}: ${found.map((s) => inside(lane, s)).join(', ')}`;
  });
  return [`${head(lane, laneProgress(state, lane))}${took}`, ...named].join('  ');
};
