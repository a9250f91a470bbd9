/**
 * The run without a fault: when each step starts and ends. The rules are the core's: planned starts and the time that T+
 * counts from (decide/times.ts), durations (decide/schedule.ts: a step without `expected` takes no time).
 */
import { initialState } from '../decide/fold.ts';
import { laneStepsOf } from '../decide/lanes.ts';
import { comesAfter, isBackground, stepState } from '../decide/queries.ts';
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
  /** Entries of the list, and their lanes. */
  readonly entries: readonly (readonly (readonly Placed[])[])[];
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

  const place = (step: PlanStep, from: number): Placed => {
    const listMs = lasts.get(step.id) ?? 0;
    const at = startAt(step, from);
    const placed = { step, plannedMs: plannedAt(plan, state, step), startMs: at, endMs: at + listMs, listMs };
    settle(state, placed);
    return placed;
  };

  /** T+ counts from the end of what is planned at T0 in other lanes, too. */
  const placeLanes = (lanes: readonly (readonly PlanStep[])[], from: number): Placed[][] => {
    const placed = lanes.map((): Placed[] => []);
    const placeUpTo = (isLast: (step: PlanStep) => boolean): void => {
      for (const [i, lane] of lanes.entries()) {
        const own = placed[i] as Placed[];
        for (const step of lane.slice(own.length)) {
          if (isLast(step)) break;
          own.push(place(step, own.at(-1)?.endMs ?? from));
        }
      }
    };
    const hasT0 = lanes.some((lane) => lane.some(isAtT0));
    placeUpTo((step) => hasT0 && step.atMs !== null && step.atMs > 0);
    const ends = placed.flat().flatMap(({ step, endMs }) => (isAtT0(step) ? endMs : []));
    if (ends.length > 0) t0Ends = [...t0Ends, ...ends].sort((x, y) => x - y);
    placeUpTo(() => false);
    return placed;
  };

  let free = startMs;
  const entries = laneStepsOf(plan).map((lanes) => {
    const first = lanes[0]?.[0];
    const placed = isBackground(first) ? [[...placeWatch(first, free)]] : placeLanes(lanes, free);
    for (const each of placed.flat()) free = Math.max(free, each.startMs + each.listMs);
    return placed;
  });
  // One millisecond after what T+ counts from, less that millisecond.
  const anchorMs = (instantOf(plan, state, 1) ?? 1) - 1;
  const ended = entries.map((lanes) =>
    lanes.map((lane) =>
      lane.map((placed) =>
        isBackground(placed.step)
          ? { ...placed, endMs: endOfWatch(placed.step, placed.startMs, t0Ends) }
          : placed,
      ),
    ),
  );
  const endMs = ended.flat(2).reduce((last, each) => Math.max(last, each.endMs), startMs);
  return { startMs, endMs, entries: ended, anchorMs };
};
