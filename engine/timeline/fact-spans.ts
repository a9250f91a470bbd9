/** How long each fact has another value than at the start, where nothing fails. */
import type { FactValue, Plan } from '../plan.ts';
import type { FactSpan } from './times.ts';
import type { Walk } from './walk.ts';

/** In the order of their starts. A fact is true from the end of the step that sets it. */
export const factSpans = (plan: Plan, { entries }: Walk): readonly FactSpan[] => {
  const initial = new Map(Object.entries(plan.facts ?? {}));
  const open = new Map<
    string,
    { readonly value: FactValue; readonly from: string; readonly startMs: number }
  >();
  const spans: FactSpan[] = [];
  for (const lanes of entries) {
    for (const { step, endMs } of lanes.flat().sort((a, b) => a.endMs - b.endMs)) {
      if (step.kind !== 'act') continue;
      for (const [fact, value] of Object.entries(step.sets ?? {})) {
        const before = open.get(fact);
        if (value === (before?.value ?? initial.get(fact))) continue;
        if (before) spans.push({ fact, ...before, to: step.id, endMs });
        open.delete(fact);
        if (value !== initial.get(fact)) open.set(fact, { value, from: step.id, startMs: endMs });
      }
    }
  }
  for (const [fact, each] of open) spans.push({ fact, ...each, to: null, endMs: null });
  return spans.sort((a, b) => a.startMs - b.startMs);
};
