/** Steps that moved in the order: the fewest that explain it. */
import { lanesOf } from '../decide/lanes.ts';
import { entrySteps } from '../decide/queries.ts';
import type { Plan } from '../plan.ts';

export interface Place {
  readonly index: number;
  /** Gates before it, in order. */
  readonly gates: number;
  readonly afterNoReturn: boolean;
  /** It starts together with others. */
  readonly parallel: boolean;
  /** The step of its lane that it waits for; null: none. */
  readonly waitsFor: string | null;
}

export const placesOf = (plan: Plan): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  let [gates, afterNoReturn] = [0, false];
  for (const entry of plan.entries) {
    if (entry.kind === 'line') afterNoReturn = true;
    const before = new Map(lanesOf(entry).flatMap((lane) => lane.map((id, i) => [id, lane[i - 1] ?? null])));
    const parallel = entry.kind === 'parallel';
    for (const id of entrySteps(entry)) {
      const waitsFor = before.get(id) ?? null;
      places.set(id, { index: places.size, gates, afterNoReturn, parallel, waitsFor });
      if (plan.steps[id]?.kind === 'gate') gates++;
    }
  }
  return places;
};

/** Of indices after the change, in the order before it: those that are not in the longest rising run. */
export const movedOf = (indices: readonly number[]): ReadonlySet<number> => {
  const tails: number[] = [];
  const previous = new Array<number>(indices.length).fill(-1);
  for (const [i, value] of indices.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((indices[tails[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous[i] = tails[low - 1] ?? -1;
    tails[low] = i;
  }
  const kept = new Set<number>();
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) kept.add(i);
  return new Set(indices.flatMap((value, i) => (kept.has(i) ? [] : [value])));
};
