/** What earlier runs of the same runbook in the same environment took to go back. */
import { fold } from '../decide/fold.ts';
import { listRuns } from '../journal/list-runs.ts';
import type { Plan } from '../plan.ts';

/** The latest are the most alike, and reading journals must not delay a start. */
const runsLookedAt = 20;

/** ms by step id, the longest seen. */
export const measuredUndos = (runsDir: string, plan: Plan): { readonly [step: string]: number } => {
  const measured: { [step: string]: number } = {};
  let looked = 0;
  for (const { events } of listRuns(runsDir)) {
    if (looked++ === runsLookedAt) break;
    const [created] = events;
    if (created?.type !== 'run-created') continue;
    if (created.runbook !== plan.name || created.environment !== plan.environment) continue;
    for (const [id, step] of Object.entries(fold(events).steps)) {
      if (step.state !== 'undone' || step.undoStartedAt === null || step.settledAt === null) continue;
      measured[id] = Math.max(measured[id] ?? 0, step.settledAt - step.undoStartedAt);
    }
  }
  return measured;
};
