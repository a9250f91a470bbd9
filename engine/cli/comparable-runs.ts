/** What earlier runs of the same runbook in the same environment took to roll back. */
import { listRuns } from '../journal/list-runs.ts';
import type { Plan } from '../plan.ts';

/** The latest are the most alike, and reading journals must not delay a start. */
const runsLookedAt = 20;

/** ms by step id, the longest seen. */
export const measuredUndos = (runsDir: string, plan: Plan): { readonly [step: string]: number } => {
  const measured: { [step: string]: number } = {};
  let looked = 0;
  for (const { state } of listRuns(runsDir)) {
    if (looked++ === runsLookedAt) break;
    if (state?.runbook !== plan.name || state.environment !== plan.environment) continue;
    for (const [id, step] of Object.entries(state.steps)) {
      if (step.state !== 'undone' || step.undoStartedAt === null || step.settledAt === null) continue;
      measured[id] = Math.max(measured[id] ?? 0, step.settledAt - step.undoStartedAt);
    }
  }
  return measured;
};
