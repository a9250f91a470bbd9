/** Rate and time left of an act, from its progress reports. */
import type { Masked } from '../decide/masked.ts';

export interface Progress {
  readonly done: number;
  readonly total?: number;
  /** `ms`: time that passes by itself. */
  readonly unit: string;
  /** What was seen at last, in a line. */
  readonly said?: Masked;
}

export interface Reading {
  /** 0 to 1; null: the total is not known. */
  readonly fraction: number | null;
  /** Units per second; null: too early to say. */
  readonly perSecond: number | null;
  readonly leftMs: number | null;
}

/** Long enough to be steady, short enough to show a stall. */
const windowMs = 15_000;
/** A rate over less than this is noise. */
const shortestMs = 1000;

export interface Meter {
  observe(p: Progress, now: number): void;
  read(now: number): Reading & { readonly last: Progress };
}

export const createMeter = (first: Progress, at: number): Meter => {
  let samples = [{ done: first.done, at }];
  let last = first;
  return {
    observe(p, now) {
      last = p;
      samples.push({ done: p.done, at: now });
      samples = samples.filter((s, i) => now - s.at <= windowMs || i === samples.length - 1);
    },
    read(now) {
      const [oldest] = samples;
      const elapsed = oldest ? now - oldest.at : 0;
      const perSecond =
        oldest && last.unit !== 'ms' && elapsed >= shortestMs
          ? Math.max(0, ((last.done - oldest.done) * 1000) / elapsed)
          : null;
      const fraction = last.total ? Math.min(1, last.done / last.total) : null;
      const leftMs = last.total && perSecond ? ((last.total - last.done) * 1000) / perSecond : null;
      return { last, fraction, perSecond, leftMs };
    },
  };
};
