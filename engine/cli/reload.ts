/** The plan of a later session: the current runbook, if its changes may be accepted. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunState } from '../decide/state.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { readPlan } from '../journal/saved-plan.ts';
import { loadRunbook } from '../load/load.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { type Acceptance, type Amendment, amend } from './amendment.ts';

export interface Reloaded {
  readonly plan: Plan;
  readonly runbookDir: string;
  /** null: the plan in force is the plan of the last session. */
  readonly amendment: Amendment | null;
  readonly note: string | null;
}

/**
 * Throws what load throws, and RB63x where a change is refused. `goingBack`: uses the plan of the last session
 * instead. A half-edited file must not prevent a rollback.
 */
export const reload = async (
  run: RunDir,
  state: RunState,
  registry: Registry,
  accept: Acceptance,
  goingBack: boolean,
): Promise<Reloaded> => {
  const { runbookPath, varsFiles, vars } = run.about;
  const before = readPlan(run.path, state.planDigest);
  const runbookDir = dirname(runbookPath);
  if (!existsSync(runbookPath)) {
    const note = `${runbookPath} no longer exists: continuing with the plan that was saved with the run`;
    return { plan: before, runbookDir, amendment: null, note };
  }
  try {
    const { plan } = await loadRunbook(runbookPath, { registry, varsFiles, vars });
    return { plan, runbookDir, amendment: amend(before, plan, state, accept), note: null };
  } catch (error) {
    if (!goingBack || !(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n');
    const note = `Rolling back with the plan that was saved with the run, because ${runbookPath} cannot be used:\n${why}`;
    return { plan: before, runbookDir, amendment: null, note };
  }
};
