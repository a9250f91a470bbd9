/** The events of a watch. */
import type { Event } from './events.ts';
import type { Counts, StepState, WatchState } from './state.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { readonly at: number };

const noCounts = (): Counts => ({ success: 0, failure: 0, inconclusive: 0, error: 0 });

export const newWatch = (): WatchState => ({
  total: noCounts(),
  since: noCounts(),
  consecutiveErrors: 0,
  streak: 0,
  last: null,
  trips: 0,
  tripped: null,
});

export const foldMeasured = (step: StepState, e: Of<'watch-measured'>): void => {
  step.watch ??= newWatch();
  const w = step.watch;
  w.total[e.verdict]++;
  w.since[e.verdict]++;
  w.consecutiveErrors = e.verdict === 'error' ? w.consecutiveErrors + 1 : 0;
  w.streak = w.last?.verdict === e.verdict ? w.streak + 1 : 1;
  w.last = { n: e.n, verdict: e.verdict, value: e.value ?? null, why: e.why ?? null, at: e.at };
};

export const foldTripped = (step: StepState, e: Of<'watch-tripped'>): void => {
  step.watch ??= newWatch();
  step.watch.trips = e.trip;
  step.watch.tripped = { as: e.as, message: e.message, at: e.at };
};

/** A person chose to continue the watch. */
export const watchOn = (step: StepState): void => {
  if (step.watch) Object.assign(step.watch, { since: noCounts(), consecutiveErrors: 0, tripped: null });
};
