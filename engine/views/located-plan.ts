import { resolve } from 'node:path';
import type { Plan } from '../plan.ts';

/** The plan with a path of the forward fix that works in the operator's shell. */
export const locatedPlan = (plan: Plan, runbookDir: string): Plan => ({
  ...plan,
  entries: plan.entries.map((entry) =>
    entry.kind === 'line'
      ? { ...entry, forwardFix: { ...entry.forwardFix, path: resolve(runbookDir, entry.forwardFix.path) } }
      : entry,
  ),
});
