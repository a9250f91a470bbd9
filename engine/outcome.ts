/** How an act ended, what a probe found, and what a dry run found: part of the step contract (step.ts). */

/**
 * How an act ended. `effect` is what is known: `none` (nothing changed), `some` (something
 * changed and it is known what), `unknown` (the engine will probe). `living` is set when the work could
 * not be proven ended: nothing may be undone while it is.
 */
export type Outcome<O> =
  | { done: true; output: O }
  | {
      done: false;
      effect: 'none' | 'some' | 'unknown';
      retryable: boolean;
      /** One line for progress; no secret in it. */
      short: string;
      /** What to do about it, one line. */
      remedy?: string;
      living?: boolean;
      /** It had ended before the signal reached it: no time limit and no person has made it fail. */
      byItself?: boolean;
      /**
       * A read without an answer: neither passed nor failed. A watch counts it as an
       * error, also where the read itself is the condition.
       */
      noAnswer?: boolean;
      cause?: unknown;
    };

export type FailedOutcome = Extract<Outcome<unknown>, { done: false }>;

/**
 * Ends an act with a failure that is understood: thrown anywhere below `run`, `undo`, `prepare` or `check`, it becomes
 * the outcome (or the problem of a dry run) in one place, engine/run/failure.ts. Every other error that `run` throws
 * during a write is an unknown outcome. `effect` has no default: who throws says what has changed.
 */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly outcome: FailedOutcome;
  constructor(
    short: string,
    facts: Pick<FailedOutcome, 'effect'> & Partial<Omit<FailedOutcome, 'done' | 'short'>>,
  ) {
    super(short, facts.cause === undefined ? {} : { cause: facts.cause });
    this.outcome = { done: false, retryable: false, short, ...facts };
  }

  /** As a dry run says it, for a `check` that has more to look at. */
  get problem(): Finding {
    const { short: what, remedy } = this.outcome;
    return { level: 'problem', what, ...(remedy && { remedy }) };
  }

  /** As a dry run says it where an earlier step may change that. */
  get notYet(): Finding {
    const { what, ...more } = this.problem;
    return { ...more, level: 'unchecked', what: `not true yet: ${what}`, passing: true };
  }
}

/** Answer to "did it happen?". `alive`: it is still running; `run` with the same context re-attaches. */
export type Probed<O> =
  | { state: 'done'; output: O }
  | { state: 'not-done' }
  /** It failed while no engine was running: treated as if `run` had returned this. */
  | { state: 'failed'; outcome: FailedOutcome }
  | { state: 'alive' }
  | { state: 'partial' | 'unknown'; why: string };

/** One line of the dry run. */
export interface Finding {
  level: 'verified' | 'simulated' | 'unchecked' | 'problem';
  what: string;
  remedy?: string;
  /**
   * True now, and an earlier step of the runbook may change it. `level` is what it is worth if nothing acts before
   * the call: the engine lowers it for a later step and for an undo, which follows its own step.
   */
  passing?: boolean;
  /** Of a read that was made for this finding: how it ended. A dry run that needs the answer does not read again. */
  answered?: Outcome<unknown>;
}
