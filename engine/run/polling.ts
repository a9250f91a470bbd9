/** p-retry over a read, on the run's clock: its own timers are turned off, so tests can run on a manual clock. */
import pRetry, { AbortError } from 'p-retry';
import type { RetryPolicy } from '../plan.ts';
import type { Clock } from './options.ts';

export interface PollOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal?: AbortSignal;
  /** Whether trying again can help; default: always. */
  readonly again?: (error: unknown) => boolean;
}

export const poll = <T>(read: () => Promise<T>, policy: RetryPolicy, options: PollOptions): Promise<T> =>
  pRetry(() => read().catch((error: unknown) => Promise.reject(asError(error))), {
    retries: policy.limit,
    minTimeout: 0,
    factor: 1,
    ...(options.signal && { signal: options.signal }),
    async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
      if (options.again && !options.again(error)) throw error;
      if (retriesLeft === 0) return;
      await options.clock.sleep(policy.intervalMs * policy.backoff ** (attemptNumber - 1), options.signal);
    },
  });

/** p-retry gives up on a TypeError that is not the network's; for a read every failure is worth another look. */
const asError = (error: unknown): Error => {
  if (error instanceof AbortError || !(error instanceof TypeError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new Error(error.message, { cause: error });
};
