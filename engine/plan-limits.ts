/** What a run may not exceed: the plan's types of a lock that only one run has, and of a time with a limit. */

/** Taken before the run acts: no other run that names it starts until it is given back. */
export interface PlanLock {
  readonly name: string;
  /** `local` or the name of a place target: where it lies. */
  readonly runOn: string;
  /** Without a sign of life of its engine for so long, another run may take it over. */
  readonly ttlMs: number;
}

/** A time that must not get longer than its limit: from the start of one step to the success of another. */
export interface PlanSpan {
  /** Unique in the runbook. */
  readonly id: string;
  readonly name: string;
  /** It begins when the first of these starts to act. */
  readonly from: readonly string[];
  /** It ends when all of these that `when` did not leave out have succeeded, or when a rollback has undone all of `from`. */
  readonly to: readonly string[];
  readonly limitMs: number;
  readonly onBreach: 'hold' | 'notify';
  /** 1-based line in the runbook. */
  readonly line: number;
}
