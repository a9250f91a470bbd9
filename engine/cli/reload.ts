/** The plan of a later session: the current runbook, if its changes may be accepted. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunState } from '../decide/state.ts';
import { DiagnosticError } from '../diagnostic.ts';
import { renderDiagnostic } from '../diagnostics/render.ts';
import type { RunDir } from '../journal/run-dir.ts';
import { readPlan } from '../journal/saved-plan.ts';
import { loadRunbook } from '../load/load.ts';
import type { ImportModule } from '../load/own-types/module.ts';
import { registryOfPlan } from '../load/own-types/own-types.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { type Acceptance, type Amendment, amend } from './amendment.ts';

export interface Reloaded {
  readonly plan: Plan;
  /** With the step types of this plan. */
  readonly registry: Registry;
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
  types: { readonly registry: Registry; readonly importModule: ImportModule },
  accept: Acceptance,
  goingBack: boolean,
): Promise<Reloaded> => {
  const { runbookPath, varsFiles, vars } = run.about;
  const before = readPlan(run.path, state.planDigest);
  const runbookDir = dirname(runbookPath);
  const saved = async (note: string): Promise<Reloaded> => {
    const registry = await registryOfPlan(before, { ...types, folder: runbookDir });
    return { plan: before, registry, runbookDir, amendment: null, note };
  };
  if (!existsSync(runbookPath)) {
    const note = `${runbookPath} no longer exists: continuing with the plan that was saved with the run`;
    return saved(note);
  }
  try {
    const { plan, registry } = await loadRunbook(runbookPath, { ...types, varsFiles, vars });
    return { plan, registry, runbookDir, amendment: amend(before, plan, state, accept), note: null };
  } catch (error) {
    if (!goingBack || !(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n');
    const note = `Rolling back with the plan that was saved with the run, because ${runbookPath} cannot be used:\n${why}`;
    return saved(note);
  }
};
