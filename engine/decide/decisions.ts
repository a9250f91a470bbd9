/**
 * What to do next. A decision made again carries the same id, so a runtime can drop the ones it is already
 * carrying out. Plain JSON.
 */
import type { ActKey, HoldCause, HoldChoice, Measured, SpanEvent } from './events.ts';
import type { Masked } from './masked.ts';

export type Decision =
  | { do: 'start-step'; id: string; step: string; plannedAt: number | null }
  /** `attach`: follow the attempt that is still alive instead of starting one. */
  | { do: 'act'; id: string; act: ActKey; attempt: number; attach: boolean; crossesLine: boolean }
  | { do: 'probe'; id: string; act: ActKey; attempt: number }
  | { do: 'stop-act'; id: string; act: ActKey; attempt: number }
  /** Pauses an act of the list, if this session runs it; asked until it has ended. */
  | { do: 'pause-act'; id: string; act: ActKey; attempt: number }
  /** Takes the n-th measurement of a watch. */
  | { do: 'measure'; id: string; act: ActKey; step: string; n: number }
  | {
      do: 'trip-watch';
      id: string;
      step: string;
      trip: number;
      as: Exclude<Measured, 'success'>;
      message: Masked;
    }
  | { do: 'open-checklist'; id: string; step: string; round: number; asks: readonly string[] }
  /** What the item's own check found. */
  | { do: 'check-item'; id: string; step: string; item: string; passed: boolean; reason: Masked }
  | { do: 'arm-timer'; id: string; timer: string; until: number }
  | { do: 'open-gate'; id: string; step: string; round: number; unmet: readonly string[] }
  /** Evaluates the `when` of a step; `n` counts how often it was asked for. */
  | { do: 'check-condition'; id: string; step: string; n: number }
  | {
      do: 'settle-gate';
      id: string;
      step: string;
      round: number;
      verdict: 'go' | 'no_go' | 'expired';
      validUntil: number | null;
    }
  | {
      do: 'settle-step';
      id: string;
      step: string;
      state: 'succeeded' | 'failed' | 'skipped' | 'undone' | 'kept';
      reason: Masked | null;
      because?: 'condition';
    }
  | { do: 'roll-back'; id: string; reason: Masked; by: string | null; owed: readonly string[] }
  | {
      do: 'hold';
      id: string;
      cause: HoldCause;
      step: string | null;
      act: ActKey | null;
      message: Masked;
      remedy: Masked | null;
      choices: readonly HoldChoice[];
    }
  | { do: 'take-lock'; id: string; lock: string; place: string; ttlMs: number }
  | { do: 'give-back-lock'; id: string; lock: string; place: string }
  | { do: 'note-span'; id: string; event: SpanEvent }
  | { do: 'finish'; id: string; result: 'succeeded' | 'rolled_back' };

/**
 * A person's command to a run, from a prompt, a flag, or another terminal's file in `inbox/`. The core takes only one
 * whose reason is masked: it becomes an event.
 */
export type Command<Reason extends string = string> =
  | {
      command: 'approve';
      gate: string;
      verdict: 'go' | 'no_go';
      as: string | null;
      unattended: boolean;
      user: string;
      reason: Reason;
      at: number;
    }
  /** Answers an item of a checklist. */
  | {
      command: 'check';
      step: string;
      item: string;
      passed: boolean;
      as: string;
      user: string;
      reason: Reason;
      at: number;
    }
  | { command: 'resolve'; choice: HoldChoice; step: string | null; user: string; reason: Reason; at: number }
  /** Before the step starts; the choice at a hold is a `resolve`. */
  | { command: 'skip'; step: string; user: string; reason: Reason; at: number }
  | { command: 'roll-back'; user: string; reason: Reason; at: number };

export type MaskedCommand = Command<Masked>;
