import type { Json, RetryPolicy } from '../plan.ts';
import type { Outcome } from '../step.ts';
import { type PollOptions, poll } from './polling.ts';

/** A check that has not held yet and may still. */
class NotYet extends Error {
  readonly outcome: Outcome<Json>;
  constructor(outcome: Outcome<Json>) {
    super('does not hold yet');
    this.outcome = outcome;
  }
}

/** Preconditions and verifications are polled inside one attempt; an act is called once. */
export const untilItHolds = async (
  once: () => Promise<Outcome<Json>>,
  policy: RetryPolicy,
  options: PollOptions,
): Promise<Outcome<Json>> => {
  const read = async () => {
    const outcome = await once();
    if (!outcome.done && outcome.retryable) throw new NotYet(outcome);
    return outcome;
  };
  try {
    return await poll(read, policy, options);
  } catch (error) {
    if (error instanceof NotYet) return error.outcome;
    throw error;
  }
};
