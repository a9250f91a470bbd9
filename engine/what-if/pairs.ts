/** Two faults in one story: all pairs where they are few, else a sample that a seed decides. */
import type { Fault } from './faults.ts';

export type Pair = readonly [Fault, Fault];

export interface Sample {
  readonly sampled: readonly Pair[];
  /** How many there are. */
  readonly of: number;
}

/** At least one of a pair is met without the other; two that strike at the same point exclude each other. */
export const samplePairs = (faults: readonly Fault[], most: number, seed: number): Sample => {
  const pairs: [number, number][] = [];
  for (const [i, a] of faults.entries())
    for (let j = i + 1; j < faults.length; j++) {
      const b = faults[j];
      if (b && a.at !== b.at && !(a.second && b.second)) pairs.push([i, j]);
    }
  const taken = pairs.length <= most ? pairs : drawn(pairs, most, seed);
  const sampled = taken.flatMap(([i, j]): readonly Pair[] => {
    const [a, b] = [faults[i], faults[j]];
    return a && b ? [[a, b]] : [];
  });
  return { sampled, of: pairs.length };
};

/** The first of a shuffled list. */
const drawn = <T>(from: readonly T[], count: number, seed: number): readonly T[] => {
  const list = [...from];
  const draw = generator(seed);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(draw() * (list.length - i));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list.slice(0, count);
};

/** mulberry32: small, and the same on every machine. 0 <= result < 1. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
