/**
 * The run without a fault: when each step starts and ends. The rules are the core's: planned starts and the time that T+
 * counts from (decide/times.ts), durations (decide/schedule.ts: a step without `expected` takes no time).
 */
import { initialState } from '../decide/fold.ts';
import { comesAfter, groupsOf, isBackground, stepState } from '../decide/queries.ts';
import { schedule } from '../decide/schedule.ts';
import type { RunState } from '../decide/state.ts';
import { instantOf, waitUntil } from '../decide/times.ts';
import type { Plan, PlanStep, PlanWatch } from '../plan.ts';
import { startMs as startOf } from '../what-if/durations.ts';

export interface Placed {
  readonly step: PlanStep;
  readonly startMs: number;
  readonly endMs: number;
  /** How long the list waits for it: no longer than for the start of a watch beside the list. */
  readonly listMs: number;
}

export interface Walk {
  readonly startMs: number;
  readonly endMs: number;
  /** Steps that start together, in the order of the list. */
  readonly groups: readonly (readonly Placed[])[];
  /** The later of T0 and the end of what is planned at T0: T+ counts from it. */
  readonly anchorMs: number;
}

type Background = PlanWatch & { readonly untilMs: number };

/** The clock is at T0 = 0, and no step has started. */
export const plannedState = (): RunState => ({ ...initialState(), clock: { t0: 0, skipWaits: false } });

/** What is planned at T0: their ends move everything that is planned after T0. */
export const isAtT0 = (step: PlanStep): boolean => step.atMs === 0 && !isBackground(step);

const settle = (state: RunState, { step, endMs }: Placed): void => {
  state.steps[step.id] = { ...stepState(state, step.id), state: 'succeeded', settledAt: endMs };
};

/** The first measurement is taken, however late it comes; then the planned end or the count ends it. */
const endOfWatch = (plan: Plan, state: RunState, watch: Background, startMs: number): number => {
  const firstMs = startMs + watch.initialDelayMs;
  const lastMs =
    watch.count === null ? Number.POSITIVE_INFINITY : firstMs + (watch.count - 1) * watch.intervalMs;
  return Math.max(firstMs, Math.min(lastMs, instantOf(plan, state, watch.untilMs) ?? lastMs));
};

export const walk = (plan: Plan): Walk => {
  const state = plannedState();
  const startMs = startOf(plan);
  const lasts = new Map(
    schedule(plan, state, startMs).map(({ step, start, end }) => [step.id, end - start] as const),
  );
  const beside: { readonly watch: Background; readonly startMs: number }[] = [];
  /** Watches that end after their planned end: steps that are planned for then wait for them. */
  const late: typeof beside = [];

  const startAt = (step: PlanStep, from: number): number => {
    const verdicts = late
      .filter(({ watch }) => comesAfter(step, watch))
      .map((each) => endOfWatch(plan, state, each.watch, each.startMs));
    return Math.max(from, waitUntil(plan, state, step) ?? from, ...verdicts);
  };

  const placeWatch = (watch: Background, from: number): readonly Placed[] => {
    const placed = { watch, startMs: startAt(watch, from) };
    beside.push(placed);
    if (placed.startMs + watch.initialDelayMs > watch.untilMs) late.push(placed);
    return [{ step: watch, startMs: placed.startMs, endMs: Number.NaN, listMs: 0 }];
  };

  /** In parallel, a step that is planned after T0 may start before or after the end of another one at T0. */
  const placeGroup = (group: readonly PlanStep[], from: number): readonly Placed[] => {
    const place = (step: PlanStep, at: number): Placed => {
      const listMs = lasts.get(step.id) ?? 0;
      return { step, startMs: at, endMs: at + listMs, listMs };
    };
    const first = group
      .filter((step) => (step.atMs ?? 0) <= 0)
      .map((step) => place(step, startAt(step, from)));
    const ends = first.filter(({ step }) => isAtT0(step)).sort((a, b) => a.endMs - b.endMs);
    let settled = 0;
    const later = group
      .filter((step) => (step.atMs ?? 0) > 0)
      .map((step) => {
        let at = startAt(step, from);
        for (let end = ends[settled]; end && end.endMs < at; end = ends[++settled]) {
          settle(state, end);
          at = startAt(step, from);
        }
        return place(step, at);
      });
    const placed = new Map([...first, ...later].map((each) => [each.step.id, each]));
    for (const each of placed.values()) settle(state, each);
    return group.flatMap((step) => placed.get(step.id) ?? []);
  };

  let free = startMs;
  const groups = groupsOf(plan).map((group) => {
    const [watch] = group;
    const placed = isBackground(watch) ? placeWatch(watch, free) : placeGroup(group, free);
    for (const each of placed) free = Math.max(free, each.startMs + each.listMs);
    return placed;
  });
  // One millisecond after what T+ counts from, less that millisecond.
  const anchorMs = (instantOf(plan, state, 1) ?? 1) - 1;
  const ended = groups.map((group) =>
    group.map((placed) =>
      isBackground(placed.step)
        ? { ...placed, endMs: endOfWatch(plan, state, placed.step, placed.startMs) }
        : placed,
    ),
  );
  const endMs = ended.flat().reduce((last, each) => Math.max(last, each.endMs), startMs);
  return { startMs, endMs, groups: ended, anchorMs };
};
