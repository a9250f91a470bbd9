/** How long each span lasts where nothing fails. */
import type { Plan } from '../plan.ts';
import type { PlannedSpan } from './times.ts';
import type { Walk } from './walk.ts';

/** In the order of the file. A step is taken to act at its start. */
export const plannedSpans = (plan: Plan, { entries }: Walk): readonly PlannedSpan[] => {
  if (!plan.spans) return [];
  const placed = new Map(entries.flat(2).map((each) => [each.step.id, each] as const));
  return plan.spans.map(({ id, name, from, to, limitMs, onBreach }) => {
    const starts = from.flatMap((step) => placed.get(step)?.startMs ?? []);
    const ends = to.flatMap((step) => placed.get(step)?.endMs ?? []);
    const startMs = Math.min(...starts);
    const endMs = Math.max(startMs, ...ends);
    return { id, name, from, to, limitMs, onBreach, startMs, endMs };
  });
};
