/** decide/window.ts, for a group of steps whose times are known. */
import type { Slot } from './slots.ts';

/** The first step of which a person has to decide, before it starts or while it runs; null: none. */
export const heldIn = (
  group: readonly Slot[],
  { starts, ends }: { readonly starts: Float64Array; readonly ends: Float64Array },
  owedBefore: number,
  stop: number,
): Slot | null => {
  for (const slot of group) {
    if (slot.step.kind !== 'act') continue;
    const [start, end] = [starts[slot.i] ?? 0, ends[slot.i] ?? 0];
    let before = owedBefore;
    let during = owedBefore;
    for (const other of group) {
      if (other.owed || other.step.kind !== 'act') continue;
      const at = starts[other.i] ?? 0;
      if (at < start) before += other.undoMs;
      if (at < end) during += other.undoMs;
    }
    const own = slot.owed ? 0 : slot.undoMs;
    if (slot.startedAt === null && start + (slot.step.expectedMs ?? 0) > stop - before - own) return slot;
    // Once it has started there is nothing to roll back any more.
    if (!slot.crosses && end > stop - during) return slot;
  }
  return null;
};
