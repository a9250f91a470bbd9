/** Two faults in one story: all pairs where they are few, else a sample that a seed decides. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
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
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < count; i++) {
    const j = uniformInt(generator, i, list.length - 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list.slice(0, count);
};
