/** What earlier runs of the same runbook in the same environment say. */
import { DiagnosticError } from '../diagnostic.ts';
import type { EarlierRun } from '../forecast/earlier-runs.ts';
import { listRuns } from '../journal/list-runs.ts';
import { readPlan } from '../journal/saved-plan.ts';
import type { Plan } from '../plan.ts';

/** The latest are the most alike, and reading journals must not delay a start. */
const runsLookedAt = 20;

export interface ComparableRun extends EarlierRun {
  readonly id: string;
}

/** Newest first. */
export function* comparableRuns(
  runsDir: string,
  plan: Plan,
  lookedAt = runsLookedAt,
): Generator<ComparableRun> {
  let looked = 0;
  for (const { id, path, events, state } of listRuns(runsDir)) {
    if (looked++ === lookedAt) return;
    if (state?.runbook !== plan.name || state.environment !== plan.environment) continue;
    yield { id, events, state, plan: () => planOf(path, state.planDigest) };
  }
}

const planOf = (path: string, digest: string): Plan | null => {
  try {
    return readPlan(path, digest);
  } catch (error) {
    if (error instanceof DiagnosticError) return null;
    throw error;
  }
};

/** What they took to undo each step, ms by step id, the longest seen. */
export const measuredUndos = (
  runs: Iterable<Pick<EarlierRun, 'state'>>,
): { readonly [step: string]: number } => {
  const measured: { [step: string]: number } = {};
  for (const { state } of runs) {
    for (const [id, step] of Object.entries(state.steps)) {
      if (step.state !== 'undone' || step.undoStartedAt === null || step.settledAt === null) continue;
      measured[id] = Math.max(measured[id] ?? 0, step.settledAt - step.undoStartedAt);
    }
  }
  return measured;
};
