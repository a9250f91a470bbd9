/** What the CLI hands to the run loop, and what it gets back. */

import type { Command } from '../decide/decisions.ts';
import type { AppliedPolicy } from '../decide/events.ts';
import type { Refusal } from '../decide/refusal.ts';
import type { Reading } from '../decide/run-time.ts';
import type { RunState } from '../decide/state.ts';
import type { Journal } from '../journal/journal.ts';
import type { Heads } from '../journal/run-record.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { View } from '../views/view.ts';
import type { Tell } from './tell.ts';

export interface Clock {
  /** The run's time, epoch ms: it cannot be set. See decide/run-time.ts. */
  now(): number;
  /** Resolves early, without throwing, when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** To notice that its clock was set, and to recognise the boot. Absent: nothing is noticed. */
  readonly machine?: { wall(): number; boot(): Reading['boot'] };
}

/** `text`: all of it, for the screen. */
export interface RefusalWords {
  readonly why: string;
  readonly remedy: string | null;
  readonly text: string;
}

export interface RunOptions {
  readonly plan: Plan;
  readonly registry: Registry;
  /** Opened and locked by the caller; holds the events so far (run-created first). */
  readonly journal: Journal;
  /** Of the run's lock: how far its files have come. */
  readonly heads?: Heads;
  readonly runDir: string;
  /** Folder that relative paths of the runbook are resolved against. */
  readonly runbookDir: string;
  readonly view: View;
  readonly clock: Clock;
  readonly interactive: boolean;
  /** For the journal: who drives this session, from where. */
  readonly who: { readonly pid: number; readonly host: string; readonly user: string };
  /** Values by name, resolved before the run starts. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Set on the first session; later ones keep the journaled clock. */
  readonly setClock?: { readonly t0: number; readonly skipWaits: boolean };
  /** For the journal: the team's policies that this session was checked against. */
  readonly applied?: { readonly policies?: readonly AppliedPolicy[] };
  /** Told to whoever finds the run's lock taken. */
  readonly lockReason?: string;
  /** Gates of --yes-to-gate. */
  readonly yesToGates: readonly string[];
  /** Words for a command that the core refused. */
  readonly refused: (refusal: Refusal, state: RunState) => RefusalWords;
  /** Absent: nobody is told of the run. */
  readonly tell?: Tell;
  /** Carried out first: the choice given on the command line of `resume` or `rollback`. */
  readonly commands: readonly Command[];
  /** First abort: `detach`. Second: `stop`. Wired to SIGINT, SIGHUP and SIGTERM by the CLI. */
  readonly interrupts: { on(listener: (count: number) => void): void };
}

export interface RunResult {
  readonly outcome: 'succeeded' | 'rolled-back' | 'held-failed' | 'held-human' | 'held-lock' | 'interrupted';
  readonly state: RunState;
}
