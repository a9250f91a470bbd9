import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './options.ts';

/** setTimeout overflows beyond 2^31-1 ms and would fire at once. */
const longest = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(Math.max(0, ms), longest), undefined, signal ? { signal } : {});
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};
