/** A machine's speed drifts: what is compared is measured in turns, and the median forgives a disturbed turn. */

/** Milliseconds of one turn. */
export type Timed = () => number | Promise<number>;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

/**
 * Medians by name, in ms. One turn before counts for nothing: it fills caches, the compile cache among them. Of 0
 * rounds, it is all there is.
 */
export const interleave = async <K extends string>(
  rounds: number,
  subjects: Readonly<Record<K, Timed>>,
): Promise<Readonly<Record<K, number>>> => {
  const names = Object.keys(subjects) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    // Turned round every other time, so that none always runs after the same neighbour.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const ms = await subjects[name]();
      if (round > 0 || rounds === 0) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>;
};
