import type { Json, PlanAct } from '../plan.ts';
import type { Outcome } from '../step.ts';
import type { Clock } from './options.ts';
import { poll } from './polling.ts';
import { proofMs, untilEnded } from './time-limit.ts';

/** A check that has not passed yet, but may pass later. */
class NotYet extends Error {
  readonly outcome: Outcome<Json>;
  constructor(outcome: Outcome<Json>) {
    super('has not passed yet');
    this.outcome = outcome;
  }
}

type Polled = Pick<PlanAct, 'retry' | 'timeoutMs' | 'killGraceMs' | 'until'>;

/** A read changes nothing: if its end cannot be proven, it is abandoned and a new one is started. */
export const stuckRead: Extract<Outcome<Json>, { done: false }> = {
  done: false,
  effect: 'none',
  retryable: true,
  short: 'did not end after it was stopped',
};

/** More than all reads and the pauses between them can take. */
export const pollingLimitMs = ({ retry, timeoutMs, killGraceMs, until }: Polled): number => {
  if (until) return until.forMs + until.everyMs + 2 * (killGraceMs + proofMs);
  let pauses = 0;
  for (let n = 0; n < retry.limit; n++) pauses += retry.intervalMs * retry.backoff ** n;
  return (retry.limit + 1) * (timeoutMs + killGraceMs + proofMs) + pauses;
};

/** Of reads that end by time, not by number. */
export interface Within {
  leftMs(): number;
  /** Of the next read. */
  timeoutMs(): number;
}

interface Polling {
  readonly clock: Clock;
  readonly control: AbortController;
  readonly within?: Within;
}

/**
 * Preconditions and verifications are polled inside one attempt, and so is a read with `until`; any other act is called
 * once. The time limit is each read's own: one that hangs, because its server has gone away, must not use up the reads
 * that come after it.
 */
export const untilItHolds = async (
  once: (signal: AbortSignal) => Promise<Outcome<Json>>,
  polled: Polled,
  { clock, control, within }: Polling,
): Promise<Outcome<Json>> => {
  let late = false;
  const read = async () => {
    const own = new AbortController();
    const follow = () => own.abort(control.signal.reason);
    if (control.signal.aborted) follow();
    control.signal.addEventListener('abort', follow, { once: true });
    try {
      const limit = within ? { ...polled, timeoutMs: within.timeoutMs() } : polled;
      const outcome = await untilEnded(clock, limit, own, () => once(own.signal), stuckRead);
      if (!outcome.done && outcome.retryable) throw new NotYet(outcome);
      return outcome;
    } finally {
      late = own.signal.reason === 'timeout';
      control.signal.removeEventListener('abort', follow);
    }
  };
  const options = {
    clock,
    signal: control.signal,
    ...(within && { leftMs: within.leftMs, again: (error: unknown) => error instanceof NotYet }),
  };
  try {
    const outcome = await poll(read, polled.retry, options);
    late &&= !outcome.done;
    return outcome;
  } catch (error) {
    if (error instanceof NotYet) return error.outcome;
    throw error;
  } finally {
    if (late && !within) control.abort('timeout');
  }
};
