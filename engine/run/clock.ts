import type { Clock } from './options.ts';

/** setTimeout overflows beyond 2^31-1 ms and would fire at once. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  // Not node:timers/promises: each act's time limit is a sleep that is cut short, and its error would cost
  // more than the journal's fsync.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), longest));
      signal?.addEventListener('abort', end, { once: true });
    }),
};
