/** The state of a run: a fold over its events, plain JSON. */
import type { Json, JsonObject } from '../plan.ts';
import type { ActKey, Effect, Failure, HoldCause, HoldChoice, Measured, Polled, SpanEnd } from './events.ts';
import type { LockHolder } from './lock-events.ts';
import type { Masked } from './masked.ts';

export interface AttemptState {
  n: number;
  /** Of its `act-started`: what was known about its place then. */
  seq: number;
  session: number;
  startedAt: number;
  finishedAt: number | null;
  /** null: open, its end is not known yet. */
  result: 'done' | 'failed' | null;
  effect: Effect;
  error: Failure | null;
  retryable: boolean;
  living: boolean;
  /** Its end was proven when it was stopped, whatever it had done by then. */
  ended: boolean;
  /** A person asked to try again to end it. */
  endAgain: boolean;
  probe: {
    state: 'done' | 'failed' | 'not-done' | 'alive' | 'partial' | 'unknown';
    why: Masked | null;
    /** The place of its files is lost or was replaced. */
    lost: boolean;
    session: number;
  } | null;
  /** Decided by a person: no further probe, not counted. */
  waived: boolean;
  /** Of a read with `until` that has ended. */
  polled?: Polled;
}

export interface ActState {
  attempts: AttemptState[];
  /** Attempts up to here no longer count against the retry limit: a person granted a fresh start. */
  countFrom: number;
  /** Set once it is known to have been done. */
  done: boolean;
  output: Json;
  /** As journaled with the intent: secrets by name. Probe, end and undo start from these two. */
  input: JsonObject;
  before: Json;
  /** JSON pointers of what masking has changed in the three: no expression and no undo may read it. */
  masked: { output: readonly string[]; input: readonly string[]; before: readonly string[] };
}

/** A place as it was found; one that was found anew is a further entry. */
export interface PlaceState {
  seq: number;
  host: string;
  boot: string;
  user: string;
  stateDir: string;
  marker: string;
}

export interface GateState {
  round: number;
  openedAt: number;
  openedSession: number;
  unmet: readonly string[];
  criteria: readonly { expr: string; holds: boolean; error?: Masked }[];
  answers: {
    verdict: 'go' | 'no_go';
    by: string | null;
    unattended: boolean;
    user: string;
    reason: Masked;
    at: number;
  }[];
  verdict: 'go' | 'no_go' | 'expired' | null;
  validUntil: number | null;
}

export type Counts = { [V in Measured]: number };

export interface WatchState {
  /** Over the whole run; what a later expression reads. */
  total: Counts;
  /** Since its start, or since it was continued after a trip: compared with the limits. */
  since: Counts;
  consecutiveErrors: number;
  /** Measurements in a row with the verdict of the last one. */
  streak: number;
  last: { n: number; verdict: Measured; value: Masked | null; why: Masked | null; at: number } | null;
  trips: number;
  /** null: it has not tripped, or was continued. */
  tripped: { as: Exclude<Measured, 'success'>; message: Masked; at: number } | null;
}

export interface ItemState {
  passed: boolean;
  /** null: the item's own check. */
  by: string | null;
  user: string | null;
  reason: Masked;
  at: number;
}

export interface ChecklistState {
  /** 0: not asked yet. */
  round: number;
  openedAt: number;
  openedSession: number;
  items: { [id: string]: ItemState };
}

/** What the `when` of a step last gave. */
export interface ConditionState {
  holds: boolean;
  /** null: it could be evaluated. */
  error: Masked | null;
  /** How often it was evaluated. */
  n: number;
  /** Its answer no longer counts: a person asked to look again, or the plan was changed. */
  outdated: boolean;
}

export interface StepState {
  state: 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'undone' | 'kept';
  /** Position in the order of starts; null: not started. */
  order: number | null;
  plannedAt: number | null;
  startedAt: number | null;
  settledAt: number | null;
  /** When it was settled going forward: no undo overwrites it. null: it never was. */
  forwardAt: number | null;
  undoStartedAt: number | null;
  gate: GateState | null;
  watch: WatchState | null;
  checklist: ChecklistState | null;
  /** null: it has no `when`, or it was not evaluated yet. */
  condition: ConditionState | null;
  reason: Masked | null;
  /** Why it was skipped: its `when`, or a person. null: it was not skipped. */
  skipped: 'condition' | 'person' | null;
}

export interface HoldState {
  id: string;
  cause: HoldCause;
  step: string | null;
  act: ActKey | null;
  message: Masked;
  remedy: Masked | null;
  choices: readonly HoldChoice[];
  at: number;
}

export interface LockState {
  name: string;
  runOn: string;
  ttlMs: number;
  /** null: it was never taken. */
  token: number | null;
  /** That took it last. */
  session: number;
  takenAt: number | null;
  /** Whose it was, where it was taken over. */
  from: LockHolder | null;
  /** Why it is not taken, or not any more; null: it is, as far as is known. */
  lost: Masked | null;
  remedy: Masked | null;
  givenBackAt: number | null;
  /** null: by the run itself. */
  givenBackBy: string | null;
  /** Why it could not be given back. */
  left: Masked | null;
}

/** The last time that a span was open. */
export interface SpanState {
  n: number;
  since: number;
  step: string;
  by: 'act' | 'undo';
  /** null: it is open. */
  until: number | null;
  as: SpanEnd | null;
  breachedAt: number | null;
  /** A person made a choice after the breach. */
  waived: boolean;
}

export interface RunState {
  runId: string;
  runbook: string;
  planDigest: string;
  environment: string | null;
  user: string;
  createdAt: number;
  seq: number;
  lastAt: number;
  session: {
    n: number;
    pid: number;
    host: string;
    user: string;
    interactive: boolean;
    startedAt: number;
    endedAt: number | null;
  } | null;
  clock: { t0: number; skipWaits: boolean } | null;
  /** How far the machine's clock is ahead of the run's time, by the steps that were noticed. */
  clockOffMs: number;
  /** The boot that the last session ran in, and when it was in the run's time. null: not known there. */
  booted: { readonly id: string; readonly at: number } | null;
  /** By place, the last one found at the end. */
  places: { [place: string]: PlaceState[] };
  /** By act, then by the ledger's name. */
  ledgers: { [act: ActKey]: { [ledger: string]: { count: number; sha256: string } } };
  steps: { [id: string]: StepState };
  acts: { [key: ActKey]: ActState };
  /** How many steps have started: the next one's order. */
  started: number;
  /** The step that started or reopened last: all steps before it in the list have ended. */
  cursor: string | null;
  timers: { [id: string]: { until: number; ended: boolean } };
  /** `also`: further acts that started to cross it, where the act after it was skipped. */
  line: { crossedAt: number; act: ActKey; also?: ActKey[] } | null;
  rollback: {
    startedAt: number;
    reason: Masked;
    by: string | null;
    owed: readonly string[];
    settledAt: number | null;
  } | null;
  hold: HoldState | null;
  /** null: no lock was asked for yet, or the runbook has none. */
  lock: LockState | null;
  /** How holds were resolved, by hold id. */
  resolutions: { [hold: string]: { choice: HoldChoice; by: string; reason: Masked; at: number } };
  holds: number;
  /** A person chose to continue although a rollback may now end after the hard stop. */
  windowWaived: boolean;
  measuredUndoMs: { readonly [step: string]: number };
  spans: { [span: string]: SpanState };
  settled: { result: 'succeeded' | 'rolled_back'; at: number } | null;
}
