/** The plan of a later session: the runbook as it is now, if what changed may be taken over. */
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
 * Throws what load throws, and RB63x where a change is refused. `goingBack`: then the plan of the last session
 * is in force. A file that somebody saved half-edited must not stand in the way back.
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
    const note = `${runbookPath} is gone: going on with the plan that was saved with the run`;
    return { plan: before, runbookDir, amendment: null, note };
  }
  try {
    const { plan } = await loadRunbook(runbookPath, { registry, varsFiles, vars });
    return { plan, runbookDir, amendment: amend(before, plan, state, accept), note: null };
  } catch (error) {
    if (!goingBack || !(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n');
    const note = `Going back with the plan that was saved with the run, because ${runbookPath} cannot be taken over:\n${why}`;
    return { plan: before, runbookDir, amendment: null, note };
  }
};
