/** `--t0`: the instant that the timeline counts from. */
import { fail } from '../diagnostic.ts';
import { parseDuration } from '../load/duration.ts';
import type { Plan } from '../plan.ts';
import { instant } from '../words/format.ts';

const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Epoch ms. Without `--t0` the first step that has an `at` starts now. Throws RB601, RB609. */
export const t0Of = (given: string | undefined, plan: Plan, now: number): number => {
  const t0 = given === undefined ? now - firstAt(plan) : parseT0(given, now);
  const { hardStopMs } = plan.timeline;
  if (hardStopMs !== null && t0 + hardStopMs <= now) {
    return fail('RB609', { t0: instant(t0), hardStop: instant(t0 + hardStopMs) });
  }
  return t0;
};

const firstAt = (plan: Plan): number =>
  Object.values(plan.steps).reduce<number | null>(
    (first, { atMs }) => (first === null || (atMs !== null && atMs < first) ? atMs : first),
    null,
  ) ?? 0;

/** Epoch ms. Throws RB601. */
export const parseT0 = (given: string, now: number): number => {
  if (given === 'now') return now;
  if (given.startsWith('+')) {
    const ahead = parseDuration(given.slice(1));
    return ahead.ok ? now + ahead.ms : fail('RB601', { t0: given });
  }
  // Without an offset it would mean another instant on every machine.
  const at = isoWithOffset.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? fail('RB601', { t0: given }) : at;
};
