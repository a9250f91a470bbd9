/** One interface, three implementations: listr on a TTY, plain lines elsewhere, NDJSON with --json. */
import type { ActKey, HoldChoice, Recorded } from '../decide/events.ts';
import type { Masked } from '../decide/masked.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from './meter.ts';

export interface RunInfo {
  readonly plan: Plan;
  readonly runDir: string;
  readonly journalPath: string;
  readonly logDir: string;
  readonly interactive: boolean;
}

/** Where the core needs a person. Only an interactive view answers; the others say how to answer from outside. */
export type Question =
  | {
      kind: 'gate';
      step: string;
      round: number;
      prompt: string;
      approvers: readonly { id: string; name: string }[];
      missing: number;
      deadline: number | null;
    }
  | {
      kind: 'item';
      step: string;
      round: number;
      item: string;
      say: string;
      approvers: readonly { id: string; name: string }[];
      /** Items that wait for an answer, this one among them. */
      left: number;
      deadline: number | null;
    }
  | {
      kind: 'hold';
      hold: string;
      step: string | null;
      message: Masked;
      choices: readonly HoldChoice[];
    };

export type Answer =
  | { kind: 'gate'; verdict: 'go' | 'no_go'; as: string; reason: string }
  | { kind: 'item'; passed: boolean; as: string; reason: string }
  | { kind: 'hold'; choice: HoldChoice; reason: string };

export interface View {
  start(info: RunInfo, state: RunState, now: number): void;
  /** After the event was journaled and folded. */
  event(event: Recorded, state: RunState, now: number): void;
  /** A whole line of an act's output, masked. */
  output(act: ActKey, line: Masked): void;
  progress(act: ActKey, p: Progress, now: number): void;
  /** About once a second while the run is live: clocks, countdown, slip. */
  tick(state: RunState, now: number): void;
  /** null: this view can't ask. The signal fires when the question was answered elsewhere or expired. */
  ask(question: Question, signal: AbortSignal): Promise<Answer | null>;
  /** A one-time message: an interrupt was heard, a command from another terminal was refused. */
  note(text: Masked): void;
  close(state: RunState, now: number): Promise<void>;
}
