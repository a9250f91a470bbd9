/**
 * The run without a fault: when each step starts and ends. The rules are the core's: planned starts and the time that T+
 * counts from (decide/times.ts), durations (decide/schedule.ts: a step without `expected` takes no time).
 */
import { initialState } from '../decide/fold.ts';
import { comesAfter, groupsOf, isBackground, stepState } from '../decide/queries.ts';
import { schedule } from '../decide/schedule.ts';
import type { RunState } from '../decide/state.ts';
import { instantOf, plannedAt, waitUntil } from '../decide/times.ts';
import type { Plan, PlanStep, PlanWatch } from '../plan.ts';
import { startMs as startOf } from '../what-if/durations.ts';

export interface Placed {
  readonly step: PlanStep;
  /** null: it follows the step before. */
  readonly plannedMs: number | null;
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

/**
 * The first measurement is taken, however late it comes; then the planned end or the count ends it. `t0Ends`: of what is
 * planned at T0, ascending. One that comes before the end of the watch moves it.
 */
const endOfWatch = (watch: Background, startMs: number, t0Ends: readonly number[]): number => {
  const firstMs = startMs + watch.initialDelayMs;
  const lastMs =
    watch.count === null ? Number.POSITIVE_INFINITY : firstMs + (watch.count - 1) * watch.intervalMs;
  const endFrom = (anchorMs: number): number =>
    Math.max(firstMs, Math.min(lastMs, watch.untilMs <= 0 ? watch.untilMs : anchorMs + watch.untilMs));
  let endMs = endFrom(0);
  for (const t0End of t0Ends) {
    // What had ended when the watch started has moved it already.
    if (t0End >= endMs && t0End > startMs) break;
    endMs = endFrom(Math.max(0, t0End));
  }
  return endMs;
};

export const walk = (plan: Plan): Walk => {
  const state = plannedState();
  const startMs = startOf(plan);
  const lasts = new Map(
    schedule(plan, state, startMs).map(({ step, start, end }) => [step.id, end - start] as const),
  );
  /** Watches that end after their planned end: steps that are planned for then wait for them. */
  const late: { readonly watch: Background; readonly startMs: number }[] = [];

  let t0Ends: readonly number[] = [];

  const startAt = (step: PlanStep, from: number): number => {
    const verdicts = late
      .filter(({ watch }) => comesAfter(step, watch))
      .map((each) => endOfWatch(each.watch, each.startMs, t0Ends));
    return Math.max(from, waitUntil(plan, state, step) ?? from, ...verdicts);
  };

  const placeWatch = (watch: Background, from: number): readonly Placed[] => {
    const placed = { watch, startMs: startAt(watch, from) };
    if (placed.startMs + watch.initialDelayMs > watch.untilMs) late.push(placed);
    const plannedMs = plannedAt(plan, state, watch);
    return [{ step: watch, plannedMs, startMs: placed.startMs, endMs: Number.NaN, listMs: 0 }];
  };

  /** In parallel, all planned starts are fixed at once: an end at T0 moves none beside it. */
  const placeGroup = (group: readonly PlanStep[], from: number): readonly Placed[] => {
    const placed = group.map((step): Placed => {
      const listMs = lasts.get(step.id) ?? 0;
      const at = startAt(step, from);
      return { step, plannedMs: plannedAt(plan, state, step), startMs: at, endMs: at + listMs, listMs };
    });
    for (const each of placed) settle(state, each);
    const ends = placed.filter(({ step }) => isAtT0(step)).map(({ endMs }) => endMs);
    if (ends.length > 0) t0Ends = [...t0Ends, ...ends].sort((x, y) => x - y);
    return placed;
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
        ? { ...placed, endMs: endOfWatch(placed.step, placed.startMs, t0Ends) }
        : placed,
    ),
  );
  const endMs = ended.flat().reduce((last, each) => Math.max(last, each.endMs), startMs);
  return { startMs, endMs, groups: ended, anchorMs };
};
