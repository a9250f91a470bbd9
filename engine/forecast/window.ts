/** decide/window.ts, for the steps of an entry whose times are known. */
import { lastBefore } from '../timeline/last-before.ts';
import type { Slot, SlotGroup } from './slots.ts';

interface Times {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** What the entry owes from an instant on; in the order of the instants. */
interface Owed {
  readonly fromMs: number;
  readonly ms: number;
}

/**
 * The first step of which a person has to decide, before it starts or while it runs; null: none. `owedBefore`: what is
 * owed when the entry begins, what of it is already done included.
 */
export const heldIn = (group: SlotGroup, times: Times, owedBefore: number, stop: number): Slot | null => {
  const before = owedBefore - group.longestMs;
  if (!mayBeHeld(group, times, stop - before - group.fullMs)) return null;
  const owed = owedOf(group, times);
  for (const [lane, slots] of group.lanes.entries()) {
    let laneMs = group.owedMs[lane] ?? 0;
    for (const slot of slots) {
      const own = slot.owed ? 0 : slot.undoMs;
      const found = isHeld(slot, times, (atMs, more) => {
        // What has started before.
        const elsewhere = lastBefore(owed, atMs)?.ms ?? group.longestMs;
        return stop - before - Math.max(elsewhere, more ? laneMs + own : 0);
      });
      if (found) return slot;
      laneMs += own;
    }
  }
  return null;
};

const isHeld = (
  slot: Slot,
  { starts, ends }: Times,
  latest: (atMs: number, withOwn: boolean) => number,
): boolean => {
  if (slot.step.kind !== 'act') return false;
  const [start, end] = [starts[slot.i] ?? 0, ends[slot.i] ?? 0];
  if (slot.startedAt === null && start + (slot.step.expectedMs ?? 0) > latest(start, true)) return true;
  // Once it has started there is nothing to roll back any more.
  return !slot.crosses && end > latest(end, false);
};

/** Most entries end long before: they need no closer look. */
const mayBeHeld = ({ lanes }: SlotGroup, { starts, ends }: Times, latest: number): boolean =>
  lanes.some((lane) =>
    lane.some(
      ({ i, step }) =>
        step.kind === 'act' && Math.max(ends[i] ?? 0, (starts[i] ?? 0) + (step.expectedMs ?? 0)) > latest,
    ),
  );

const owedOf = ({ lanes, owedMs, longestMs }: SlotGroup, { starts }: Times): readonly Owed[] => {
  const laneMs = [...owedMs];
  let ms = longestMs;
  return lanes
    .flatMap((lane, n) => lane.map((slot) => ({ slot, n, fromMs: starts[slot.i] ?? 0 })))
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ slot, n, fromMs }) => {
      laneMs[n] = (laneMs[n] ?? 0) + (slot.owed ? 0 : slot.undoMs);
      ms = Math.max(ms, laneMs[n] ?? 0);
      return { fromMs, ms };
    });
};
