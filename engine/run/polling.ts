/** p-retry over a read, on the run's clock: its own timers are turned off, so tests can run on a manual clock. */
import pRetry, { AbortError } from 'p-retry';
import type { RetryPolicy } from '../plan.ts';
import type { Clock } from './options.ts';

export interface PollOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal?: AbortSignal;
  /** Whether trying again can help; default: always. */
  readonly again?: (error: unknown) => boolean;
  /** Until when reads may start, from now in ms: the last pause is cut short, so that the last one starts then. */
  readonly leftMs?: () => number;
}

export const poll = <T>(read: () => Promise<T>, policy: RetryPolicy, options: PollOptions): Promise<T> =>
  pRetry(() => read().catch((error: unknown) => Promise.reject(asError(error))), {
    retries: policy.limit,
    minTimeout: 0,
    factor: 1,
    ...(options.signal && { signal: options.signal }),
    async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
      const leftMs = options.leftMs?.() ?? Number.POSITIVE_INFINITY;
      if ((options.again && !options.again(error)) || leftMs <= 0) throw error;
      if (retriesLeft === 0) return;
      const pause = policy.intervalMs * policy.backoff ** (attemptNumber - 1);
      await options.clock.sleep(Math.min(pause, leftMs), options.signal);
    },
  });

/** p-retry gives up on a TypeError that is not the network's; for a read every failure is worth another look. */
const asError = (error: unknown): Error => {
  if (error instanceof AbortError || !(error instanceof TypeError)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return new Error(error.message, { cause: error });
};
