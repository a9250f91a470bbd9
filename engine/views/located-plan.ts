import { resolve } from 'node:path';
import type { Plan } from '../plan.ts';

/** The plan with the forward fix where it can be opened from: an operator's shell seldom stands in the runbook's folder. */
export const locatedPlan = (plan: Plan, runbookDir: string): Plan => ({
  ...plan,
  entries: plan.entries.map((entry) =>
    entry.kind === 'line'
      ? { ...entry, forwardFix: { ...entry.forwardFix, path: resolve(runbookDir, entry.forwardFix.path) } }
      : entry,
  ),
});
