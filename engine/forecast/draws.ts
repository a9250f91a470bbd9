/** Many courses of one run: the durations of each, and what came of it. */
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import type { FactSpan } from '../timeline/times.ts';
import { type Draw, drawing } from './draw.ts';
import { type Durations, isUnsure } from './durations.ts';
import { heldAt, type Limited, lastsMs, limitedOf } from './limited.ts';
import { Schedule, type Stop } from './schedule.ts';

export interface Subject {
  readonly plan: Plan;
  /** With a clock, without a hold, a rollback or an end. */
  readonly state: RunState;
  /** Epoch ms. */
  readonly now: number;
  readonly durations: Durations;
  readonly spans: readonly FactSpan[];
}

/** Epoch ms, or ms; Infinity: a draw does not come to it. One entry for each draw. */
export interface Results {
  /** The steps at T0 start. null: there are none left. */
  readonly starts: Float64Array | null;
  /** The steps at T0 have ended; the list, where there are none. */
  readonly done: Float64Array;
  readonly end: Float64Array;
  readonly spans: readonly Float64Array[];
  /** As `limitedOf`: how long each lasts if nobody holds the run for it. */
  readonly limited: readonly Float64Array[];
  /** By index of the step: when it ended. */
  readonly ends: ReadonlyMap<number, Float64Array>;
  /** By index of the step and the reason. */
  readonly stops: ReadonlyMap<string, { readonly i: number; readonly by: StopBy; count: number }>;
}

export type StopBy = Stop | 'span';

const never = Number.POSITIVE_INFINITY;

/** Forward and undo, `steps` for each draw. */
export interface Drawn {
  readonly count: number;
  readonly forward: Float64Array;
  readonly undo: Float64Array;
}

/** What a running step has taken already. */
const passedOf = ({ state, now, durations }: Subject): readonly number[] =>
  durations.steps.map(({ id }) => {
    const s = state.steps[id];
    if (s?.state !== 'running') return 0;
    const since = s.gate?.openedAt ?? (s.checklist?.openedAt || s.startedAt) ?? now;
    return Math.max(0, now - since);
  });

export const drawAll = (subject: Subject, count: number, seed: number): Drawn => {
  const { steps, forward, undo } = subject.durations;
  const draw: Draw = drawing(seed);
  const passed = passedOf(subject);
  const drawn = {
    count,
    forward: new Float64Array(count * steps.length),
    undo: new Float64Array(count * steps.length),
  };
  for (let n = 0; n < count; n++) {
    for (const [i, known] of forward.entries())
      drawn.forward[n * steps.length + i] = draw.ms(known, passed[i]);
    for (const [i, known] of undo.entries()) if (known) drawn.undo[n * steps.length + i] = draw.ms(known);
  }
  return drawn;
};

/** As long as the runbook says, and no longer. */
export const asPlanned = ({ durations: { steps, forward } }: Subject): Drawn => ({
  count: 1,
  forward: Float64Array.from(forward, (known, i) =>
    known.from === 'fixed' ? (known.values[0] ?? 0) : Math.max(known.leastMs, steps[i]?.expectedMs ?? 0),
  ),
  undo: new Float64Array(steps.length),
});

/** What nobody measured often enough takes longer than drawn, all of it. */
export const withLongerGuesses = (
  drawn: Drawn,
  { durations: { forward } }: Subject,
  factor: number,
): Drawn => ({
  ...drawn,
  forward: drawn.forward.map((ms, at) => {
    const known = forward[at % forward.length];
    return known && isUnsure(known) ? Math.min(known.mostMs, Math.round(ms * factor)) : ms;
  }),
});

/** @param wanted indexes of the steps whose ends are kept */
export const playAll = (
  { plan, state, now, durations: { steps }, spans }: Subject,
  { count, forward }: Drawn,
  wanted: readonly number[] = [],
): Results => {
  const schedule = new Schedule(plan, state, now);
  const index = new Map(steps.map(({ id }, i) => [id, i] as const));
  const atT0 = steps.flatMap((step, i) =>
    step.atMs === 0 && !(step.kind === 'watch' && step.untilMs !== null) ? i : [],
  );
  const governed = atT0.some((i) => steps[i]?.kind === 'act');
  const made = () => new Float64Array(count).fill(never);
  const [done, end, starts] = [made(), made(), atT0.length > 0 ? made() : null];
  const ends = new Map(wanted.map((i) => [i, made()] as const));
  const bounds = spans.map(
    ({ from, to }) => [index.get(from) ?? -1, to === null ? -1 : (index.get(to) ?? -1)] as const,
  );
  const took = spans.map(made);
  const spansLeft = limitedOf(plan, state, steps);
  const lasts = spansLeft.map(made);
  const stops = new Map<string, { i: number; by: StopBy; count: number }>();
  for (let n = 0; n < count; n++) {
    schedule.play(forward, n * steps.length);
    const stop = stopOf(schedule, spansLeft, lasts, n);
    const [stoppedAt, stoppedBy] = [stop?.at ?? -1, stop?.by ?? null];
    if (stoppedBy !== null) {
      const key = `${stoppedAt} ${stoppedBy}`;
      const known = stops.get(key);
      if (known) known.count++;
      else stops.set(key, { i: stoppedAt, by: stoppedBy, count: 1 });
    }
    // What comes before the stop was played; the rest still has the instants of the draw before.
    const reached = (i: number): boolean => stoppedBy === null || i < stoppedAt;
    const endsAt = (i: number): number => (i >= 0 && reached(i) ? (schedule.ends[i] ?? never) : never);
    if (starts && atT0.every(reached)) starts[n] = Math.min(...atT0.map((i) => schedule.starts[i] ?? never));
    if (governed ? atT0.every(reached) : stoppedBy === null)
      done[n] = governed ? Math.max(...atT0.map(endsAt)) : schedule.listEnd;
    if (stoppedBy === null) end[n] = schedule.end;
    for (const [i, at] of ends) at[n] = endsAt(i);
    for (const [k, [from, to]] of bounds.entries()) {
      const span = took[k];
      if (span && to >= 0) span[n] = endsAt(to) === never ? never : endsAt(to) - endsAt(from);
    }
  }
  return { starts, done, end, spans: took, limited: lasts, ends, stops };
};

/** Where this draw stops, for the schedule or for a span; `lasts` is filled in. */
const stopOf = (
  { starts, ends, stoppedAt, stoppedBy }: Schedule,
  spans: readonly Limited[],
  lasts: readonly Float64Array[],
  n: number,
): { readonly at: number; readonly by: StopBy } | null => {
  const course = { starts, ends, reached: stoppedBy === null ? never : stoppedAt };
  let heldFrom = -1;
  for (const [k, span] of spans.entries()) {
    const own = lasts[k];
    if (own) own[n] = lastsMs(span, course);
    const at = heldAt(span, course);
    if (at >= 0 && (heldFrom < 0 || at < heldFrom)) heldFrom = at;
  }
  if (heldFrom >= 0) return { at: heldFrom, by: 'span' };
  return stoppedBy === null ? null : { at: stoppedAt, by: stoppedBy };
};
