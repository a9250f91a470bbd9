/** When each step of a plan is expected, and what it would cost to roll back at that moment. Plain JSON. */

import type { FactValue, PlanSpan } from '../plan.ts';

/** Milliseconds throughout; instants are offsets from T0. */
export interface StepTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** How late its end may be before the next planned start, or the hard stop, is missed; null: neither comes after it. */
  readonly slackMs: number | null;
  /** A delay of this step delays the end of the run. */
  readonly critical: boolean;
  /** Expected time to roll back all that is done when this step has ended; null: after the point of no return. */
  readonly wayBackMs: number | null;
  /** The last instant at which a rollback that begins then still ends before the hard stop; null: no hard stop, or after the point of no return. */
  readonly latestAbortMs: number | null;
}

/** A change that no rollback undoes. */
export interface Stays {
  readonly step: string;
  readonly why: string;
}

/** How long a fact has another value than at the start: `maintenance` is `on`. */
export interface FactSpan {
  readonly fact: string;
  readonly value: FactValue;
  /** The step that sets it, and the one that ends it; null: it stays. From the end of the one to the end of the other. */
  readonly from: string;
  readonly to: string | null;
  readonly startMs: number;
  readonly endMs: number | null;
}

/** A span of the runbook (plan.ts) as planned. */
export interface PlannedSpan extends Pick<PlanSpan, 'id' | 'name' | 'from' | 'to' | 'limitMs' | 'onBreach'> {
  readonly startMs: number;
  readonly endMs: number;
}

export interface PlanTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** By step id. */
  readonly steps: { readonly [id: string]: StepTimes };
  /** The expected start of the act that crosses the point of no return; null: there is none. */
  readonly noReturnMs: number | null;
  /** The first step at which the engine will hold the run even if nothing fails: after it, a rollback may end after the hard stop. */
  readonly windowHold: string | null;
  readonly stays: readonly Stays[];
  readonly spans: readonly FactSpan[];
  /** In the order of the file. */
  readonly limited: readonly PlannedSpan[];
}
