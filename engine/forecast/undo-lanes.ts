/** Undos as a rollback does them: one entry of the list after the other, its lanes beside each other. */
import { placeOf } from '../decide/lanes.ts';
import type { Plan } from '../plan.ts';

/** By entry, then by lane. */
export type UndoLanes<T> = readonly (readonly (readonly T[])[])[];

export const undoLanes = <T>(plan: Plan, undos: readonly T[], stepOf: (undo: T) => string): UndoLanes<T> => {
  const entries = new Map<number, Map<number, T[]>>();
  for (const undo of undos) {
    const { entry, lane } = placeOf(plan, stepOf(undo));
    const lanes = entries.get(entry) ?? new Map<number, T[]>();
    entries.set(entry, lanes.set(lane, [...(lanes.get(lane) ?? []), undo]));
  }
  return [...entries.values()].map((lanes) => [...lanes.values()]);
};

/** Of each entry the longest lane counts. */
export const undoLanesMs = <T>(entries: UndoLanes<T>, msOf: (undo: T) => number): number =>
  entries.reduce(
    (sum, lanes) =>
      sum +
      lanes.reduce(
        (longest, lane) =>
          Math.max(
            longest,
            lane.reduce((ms, undo) => ms + msOf(undo), 0),
          ),
        0,
      ),
    0,
  );
