/** The four questions, as numbers. Every view reads this; none computes its own. */
export interface Outlook {
  /** null: the clock is not set. */
  t0: number | null;
  /** The step running or next, and its planned start as an instant. */
  current: readonly string[];
  next: { step: string; plannedAt: number | null } | null;
  /** Positive: late. */
  slipMs: number;
  /** When the step at T0 is expected to start, from now on. null: no step at T0 or it has started. */
  projectedT0: number | null;
  /** Where the whole is expected to end. */
  projectedEnd: number | null;
  hardStop: number | null;
  rollbackOwedMs: number;
  /** hard stop - rollback owed - timeout of the gate still to come. null: no hard stop, or line crossed. */
  latestSafeAbort: number | null;
  canGoBack: { yes: boolean; why: string };
}
