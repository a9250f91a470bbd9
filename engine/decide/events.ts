/** What can happen in a run. State is only ever a fold over these. Plain JSON; instants in epoch ms. */
import type { Json, JsonObject } from '../plan.ts';
import type { LockEvent } from './lock-events.ts';
import type { Masked } from './masked.ts';

/**
 * `undo-pre` and `undo-verify` guard the undo as `pre` and `verify` guard the act. A watch has `measure`, which is
 * no act of the journal, and `trip`: each trip has indices of its own (keys.ts). `item` is one of a checklist.
 */
export type Phase =
  | 'pre'
  | 'do'
  | 'verify'
  | 'undo-pre'
  | 'undo'
  | 'undo-verify'
  | 'measure'
  | 'trip'
  | 'item';

/** `step/phase/index`; with `#attempt` it is the id of one attempt. */
export type ActKey = `${string}/${Phase}/${number}`;

export type Effect = 'none' | 'some' | 'unknown';

/** The masked, journal-safe record of a failure. */
export interface Failure {
  /** failed | timeout | lost | stopped | paused | render | output-invalid | target | precondition | engine */
  readonly code: string;
  /** One line for the screen. */
  readonly short: Masked;
  readonly detail?: Masked;
  readonly remedy?: Masked;
}

/** How a read with `until` ended. */
export interface Polled {
  readonly reads: number;
  /** What its condition read at last: `lag was 12`. */
  readonly value?: Masked;
}

/** JSON pointers of masked values: they are not data. */
export interface MaskedIntent {
  readonly input?: readonly string[];
  readonly before?: readonly string[];
}

/** `look`: ask again whether it happened; changes nothing. */
export type HoldChoice = 'look' | 'retry' | 'skip' | 'done' | 'roll-back' | 'continue' | 'ended' | 'stop';

export type HoldCause =
  /** An act, precondition or verify failed and its policy says hold. */
  | 'failed'
  /** Unknown whether the act happened. */
  | 'unknown'
  | 'no-go'
  | 'gate-expired'
  /** A later rollback would end after the hard stop. */
  | 'window'
  /** Not proven that its process has ended. */
  | 'living'
  /** A rollback was due after the point of no return. */
  | 'line-crossed'
  /** A watch has tripped. */
  | 'watch'
  /** Items of a checklist that nobody answered in time. */
  | 'unanswered'
  /** Its lock is not taken, or not any more. */
  | 'lock'
  /** The `when` of a step could not be evaluated. */
  | 'condition'
  /** A span is longer than its limit. */
  | 'span';

/** `error`: it could not be taken or evaluated. */
export type Measured = 'success' | 'failure' | 'inconclusive' | 'error';

/** How a span ended; `not-done`: the act that began it is proven to have had no effect. */
export type SpanEnd = 'reached' | 'undone' | 'not-done';

/** `n` counts from 1: a span opens again where a rollback undoes its end. Instants are true ones, however late they are noticed. */
export type SpanEvent =
  /** `step`: whose act, or in a rollback whose undo, began it. */
  | { type: 'span-opened'; span: string; n: number; since: number; step: string; by: 'act' | 'undo' }
  | { type: 'span-closed'; span: string; n: number; until: number; as: SpanEnd }
  | { type: 'span-breached'; span: string; n: number; limitMs: number; breachedAt: number };

export interface AppliedPolicy {
  /** Relative to the folder of the runbook. */
  readonly file: string;
  /** `sha256:<hex>` of the file. */
  readonly digest: string;
  readonly rules: readonly {
    readonly name: string;
    readonly level: 'error' | 'warning' | 'note';
    readonly verdict: 'passed' | 'violated' | 'skipped' | 'unchecked';
  }[];
}

export type Event =
  | {
      type: 'run-created';
      runId: string;
      runbook: string;
      planDigest: string;
      environment: string | null;
      engine: string;
      user: string;
      /** What comparable runs took, ms by step id; the larger of this and `expected` counts as owed. */
      measuredUndoMs: { readonly [step: string]: number };
      /** Started although these runs of the same runbook and environment had not ended. */
      beside?: { readonly runs: readonly string[]; readonly reason: Masked };
    }
  | {
      type: 'plan-amended';
      planDigest: string;
      changes: readonly string[];
      accepted: readonly { step: string; reason: Masked }[];
      user: string;
    }
  | {
      type: 'session-started';
      session: number;
      pid: number;
      host: string;
      user: string;
      interactive: boolean;
      /** The boot of the machine, and when it was in the run's time. */
      booted?: { id: string; at: number };
      /** The team's policies that applied, outermost first, and what each rule gave; absent: none. */
      policies?: readonly AppliedPolicy[];
    }
  | { type: 'session-ended'; session: number; reason: 'settled' | 'held' | 'interrupted' | 'failed' }
  | { type: 'clock-set'; t0: number; skipWaits: boolean }
  /** The machine's clock was set, by so many ms; the run's own clock is not affected. */
  | { type: 'clock-stepped'; byMs: number }
  /**
   * The place where acts leave their files, as found before the first intent there. `marker`: the text of a file
   * that was made durable in the run's state folder at the place; an absence proves something only beside it.
   */
  | {
      type: 'place-known';
      place: string;
      host: string;
      boot: string;
      user: string;
      /** Absolute. */
      stateDir: string;
      marker: string;
    }
  /** The list of a ledger, before its first item was started. */
  | { type: 'ledger-frozen'; act: ActKey; ledger: string; count: number; sha256: string }
  /** A refused command, with the reason. `id`: of a file in the inbox. */
  | {
      type: 'command-refused';
      id: string | null;
      command: 'approve' | 'check' | 'resolve' | 'skip' | 'roll-back';
      step: string | null;
      as: string | null;
      user: string;
      reason: Masked;
      why: Masked;
    }
  /** Continued in another directory than the one it was created in. */
  | { type: 'run-adopted'; from: string; to: string; user: string; reason: Masked }
  | LockEvent
  | { type: 'step-started'; step: string; plannedAt: number | null }
  | {
      type: 'act-started';
      act: ActKey;
      attempt: number;
      input: JsonObject;
      digest: string;
      before: Json;
      masked?: MaskedIntent;
    }
  | {
      type: 'act-finished';
      act: ActKey;
      attempt: number;
      result: 'done';
      effect: Effect;
      output: Json;
      masked?: readonly string[];
      polled?: Polled;
    }
  | {
      type: 'act-finished';
      act: ActKey;
      attempt: number;
      result: 'failed';
      effect: Effect;
      error: Failure;
      retryable: boolean;
      living?: boolean;
      polled?: Polled;
    }
  | {
      type: 'act-probed';
      act: ActKey;
      attempt: number;
      state: 'done';
      output: Json;
      masked?: readonly string[];
    }
  /** It failed while no engine was running: treated as any failure. */
  | {
      type: 'act-probed';
      act: ActKey;
      attempt: number;
      state: 'failed';
      effect: Effect;
      error: Failure;
      retryable: boolean;
    }
  | { type: 'act-probed'; act: ActKey; attempt: number; state: 'not-done' | 'alive' }
  | { type: 'act-probed'; act: ActKey; attempt: number; state: 'partial'; why: Masked }
  /** `lost`: unknown whether its process still runs, so a person must decide before it is run again. */
  | { type: 'act-probed'; act: ActKey; attempt: number; state: 'unknown'; why: Masked; lost?: true }
  /** `undone` and `kept` end a step's rollback; `kept`: declared to have no undo, or undone by hand. */
  | {
      type: 'step-settled';
      step: string;
      state: 'succeeded' | 'failed' | 'skipped' | 'undone' | 'kept';
      reason?: Masked;
      by?: string;
      /** Skipped since its `when` was false; absent: a person skipped it, or it ran. */
      because?: 'condition';
    }
  /** The `when` of a step, at the moment when it would start. `error`: it could not be evaluated. */
  | { type: 'condition-checked'; step: string; holds: boolean; error?: Masked }
  | { type: 'timer-set'; timer: string; until: number }
  | { type: 'timer-ended'; timer: string }
  | {
      type: 'gate-opened';
      step: string;
      round: number;
      unmet: readonly string[];
      criteria: readonly { expr: string; holds: boolean; error?: Masked }[];
    }
  | {
      type: 'gate-answered';
      step: string;
      round: number;
      verdict: 'go' | 'no_go';
      by: string | null;
      unattended: boolean;
      user: string;
      reason: Masked;
      /** Id of the file in the inbox: a file found again after a crash was already carried out. */
      commandId?: string;
    }
  | {
      type: 'gate-settled';
      step: string;
      round: number;
      verdict: 'go' | 'no_go' | 'expired';
      validUntil: number | null;
    }
  /** `n` counts all measurements of the step, from 1. `value`: what was measured, masked and cut short. */
  | { type: 'watch-measured'; step: string; n: number; verdict: Measured; value?: Masked; why?: Masked }
  /** `trip` counts from 1: a continued watch may trip again. */
  | { type: 'watch-tripped'; step: string; trip: number; as: Exclude<Measured, 'success'>; message: Masked }
  /** People are asked for these items, in a new round. */
  | { type: 'checklist-opened'; step: string; round: number; asks: readonly string[] }
  /** `by`: an approver; null: the item's own check. */
  | {
      type: 'item-checked';
      step: string;
      item: string;
      passed: boolean;
      by: string | null;
      user: string | null;
      reason: Masked;
      commandId?: string;
    }
  | SpanEvent
  /** Somebody was told of the event number `of`, or could not be. `on`: as it is named under `notify`. */
  | { type: 'told'; notify: string; of: number; on: string; where: string; ok: boolean; why?: Masked }
  | { type: 'line-crossed'; act: ActKey }
  | {
      type: 'rollback-started';
      reason: Masked;
      by: string | null;
      owed: readonly string[];
      commandId?: string;
    }
  | { type: 'rollback-settled' }
  | {
      type: 'run-held';
      hold: string;
      cause: HoldCause;
      step: string | null;
      act: ActKey | null;
      message: Masked;
      remedy?: Masked;
      choices: readonly HoldChoice[];
    }
  | {
      type: 'hold-resolved';
      hold: string;
      choice: HoldChoice;
      by: string;
      reason: Masked;
      commandId?: string;
    }
  | { type: 'run-settled'; result: 'succeeded' | 'rolled_back' };

export type EventType = Event['type'];

/** An event as the journal holds it. */
export type Recorded = Event & { readonly seq: number; readonly at: number };
