/** A run as its journal tells it; takes no lock and changes nothing. */
import type { Recorded } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { fail } from '../diagnostic.ts';
import type { Head } from '../journal/codec.ts';
import { replay } from '../journal/replay.ts';
import { openRun, type RunDir } from '../journal/run-dir.ts';
import { headName, type RecordSeen, seeRecord } from '../journal/run-record.ts';
import { readPlan } from '../journal/saved-plan.ts';
import { readJournal } from '../journal/scan.ts';
import type { Plan } from '../plan.ts';

export interface RecordedRun {
  readonly run: RunDir;
  readonly events: readonly Recorded[];
  readonly state: RunState;
  /** The plan in force, amendments included. */
  readonly plan: Plan;
  /** Of the journal's last whole line, and how many bytes end there. */
  readonly head: Head & { readonly bytes: number };
  readonly record: RecordSeen;
}

/** Throws RB41x, RB42x, RB43x, RB442. */
export const readRun = (runsDir: string, wanted: string | undefined): RecordedRun => {
  const run = openRun(runsDir, wanted ?? 'latest');
  // First: an engine that comes meanwhile makes the journal longer, never shorter.
  const record = seeRecord(run.path);
  const { events, head, goodBytes } = readJournal(run.journal, record.head(headName(run.journal)));
  if (events.length === 0) return fail('RB413', { path: run.journal });
  const state = replay(run.journal, events);
  const plan = readPlan(run.path, state.planDigest);
  return { run, events, state, plan, head: { ...head, bytes: goodBytes }, record };
};
