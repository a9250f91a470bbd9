/** A run as its journal tells it; takes no lock and changes nothing. */
import type { Recorded } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { fail } from '../diagnostic.ts';
import { replay } from '../journal/replay.ts';
import { openRun, type RunDir } from '../journal/run-dir.ts';
import { readPlan } from '../journal/saved-plan.ts';
import { readJournal } from '../journal/scan.ts';
import type { Plan } from '../plan.ts';

export interface RecordedRun {
  readonly run: RunDir;
  readonly events: readonly Recorded[];
  readonly state: RunState;
  /** The plan in force, amendments included. */
  readonly plan: Plan;
}

/** Throws RB41x, RB42x, RB43x. */
export const readRun = (runsDir: string, wanted: string | undefined): RecordedRun => {
  const run = openRun(runsDir, wanted ?? 'latest');
  const { events } = readJournal(run.journal);
  if (events.length === 0) return fail('RB413', { path: run.journal });
  const state = replay(run.journal, events);
  return { run, events, state, plan: readPlan(run.path, state.planDigest) };
};
