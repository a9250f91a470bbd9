/** Where an instant is on the time axis. */
import { isBackground } from '../../decide/queries.ts';
import { offset } from '../../words/format.ts';
import { clockTime, type T0 } from '../clock.ts';
import type { PlanRows } from '../rows.ts';
import { widthOf } from './measure.ts';

export interface Scale {
  readonly left: number;
  readonly right: number;
  readonly fromMs: number;
  readonly toMs: number;
  x(ms: number): number;
  /** Beyond the end of the axis. */
  beyond(ms: number): boolean;
}

/** A plan without durations still has an axis. */
const shortestMs = 60_000;
/** So many lengths of the list are drawn after it: a watch or a hard stop of another day would squeeze the rest. */
const lengthsAfter = { watch: 0.6, hardStop: 1.5 };

export const scaleOf = ({ plan, times, steps }: PlanRows, left: number, right: number): Scale => {
  const { opensMs, hardStopMs } = plan.timeline;
  const fromMs = Math.min(times.startMs, opensMs ?? 0, 0);
  const listEndMs = steps.reduce(
    (last, { step, times: { startMs, endMs } }) => Math.max(last, isBackground(step) ? startMs : endMs),
    0,
  );
  const lengthMs = Math.max(shortestMs, listEndMs - fromMs);
  const watchedMs = Math.min(times.endMs, listEndMs + lengthMs * lengthsAfter.watch);
  const stopMs =
    hardStopMs === null || hardStopMs > listEndMs + lengthMs * lengthsAfter.hardStop ? 0 : hardStopMs;
  const toMs = Math.max(fromMs + shortestMs, listEndMs, watchedMs, stopMs);
  const perMs = (right - left) / (toMs - fromMs);
  return {
    left,
    right,
    fromMs,
    toMs,
    x: (ms) => left + (Math.min(toMs, Math.max(fromMs, ms)) - fromMs) * perMs,
    beyond: (ms) => ms > toMs,
  };
};

const seconds = [1, 2, 5, 10, 15, 30];
const tickSteps = [
  ...seconds,
  ...seconds.map((n) => n * 60),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((n) => n * 3600),
].map((n) => n * 1000);

export interface Tick {
  readonly ms: number;
  readonly label: string;
  readonly clock: string | null;
}

/** Multiples of a round step, counted from T0, as many as fit without touching each other. */
export const ticksOf = (
  { fromMs, toMs, left, right }: Scale,
  t0: T0 | null,
  size: number,
): readonly Tick[] => {
  const labelled = (ms: number): Tick => ({
    ms,
    label: offset(ms),
    clock: t0 === null ? null : clockTime(t0, ms).slice(0, 5),
  });
  for (const step of tickSteps) {
    const first = Math.ceil(fromMs / step);
    const count = Math.floor(toMs / step) - first + 1;
    const room = ((right - left) / (toMs - fromMs)) * step;
    if (count > 100) continue;
    const ticks = Array.from({ length: count }, (_, i) => labelled((first + i) * step));
    if (ticks.every(({ label }) => widthOf(label, size) + 10 <= room)) return ticks;
  }
  return [labelled(0)];
};
