import type { Recorded } from '../decide/events.ts';
import { withoutEngine } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { type RunStateWord, stateWord } from '../words/overview.ts';

/** A run as its journal tells it: all that a report is made of. */
export interface ReportedRun {
  /** The plan in force, amendments included. */
  readonly plan: Plan;
  readonly events: readonly Recorded[];
  readonly state: RunState;
  /** An engine holds the run's lock: a step of the run may be what writes this report. */
  readonly live: boolean;
  readonly spans: readonly Span[];
}

/** From the proven end of one step to the proven end of another, e.g. how long the site was closed. */
export interface Span {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

/** Epoch ms. Of a run that is not over its last event: the same journal always makes the same report. */
export const endOf = ({ state }: ReportedRun): number => state.settled?.at ?? state.lastAt;

/** Only a lock that is held proves a run alive: a killed engine journals nothing about its end. */
export const wordOf = ({ state, live }: ReportedRun): RunStateWord =>
  stateWord(live ? state : withoutEngine(state));
