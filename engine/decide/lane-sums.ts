/** Durations of steps that are undone lane beside lane: of each entry the longest lane counts. */
import type { Place } from './lanes.ts';

interface EntrySums {
  longest: number;
  readonly lanes: Map<number, number>;
}

export interface LaneSums {
  ms: number;
  readonly entries: Map<number, EntrySums>;
}

export const noLaneSums = (): LaneSums => ({ ms: 0, entries: new Map() });

/** `ms` is negative where a step is undone. */
export const addToLane = (sums: LaneSums, { entry, lane }: Place, ms: number): void => {
  const found = sums.entries.get(entry) ?? { longest: 0, lanes: new Map() };
  sums.entries.set(entry, found);
  const before = found.lanes.get(lane) ?? 0;
  const after = before + ms;
  found.lanes.set(lane, after);
  const shrinks = ms < 0 && before === found.longest;
  const longest = shrinks ? longestOf(found) : Math.max(found.longest, after);
  sums.ms += longest - found.longest;
  found.longest = longest;
};

const longestOf = ({ lanes }: EntrySums): number => {
  let longest = 0;
  for (const ms of lanes.values()) longest = Math.max(longest, ms);
  return longest;
};

/** By how much `ms` would grow. */
export const growthOf = (sums: LaneSums, { entry, lane }: Place, ms: number): number => {
  const found = sums.entries.get(entry);
  if (!found) return ms;
  return Math.max(0, (found.lanes.get(lane) ?? 0) + ms - found.longest);
};
