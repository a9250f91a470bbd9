/** Following the output of supervised work by offset, for as long as it takes. */
import { setTimeout as delay } from 'node:timers/promises';
import { TargetError } from '../../../engine/target.ts';
import { ConnectionLost } from '../shell.ts';
import type { Ending, Follower, JobState } from './supervisor.ts';

export interface Peeked {
  readonly job: JobState;
  readonly out: Uint8Array;
  readonly err: Uint8Array;
}

/** What came since the offsets; after an ending, the job's state was read before the sizes. */
export type Peek = (outFrom: number, errFrom: number) => Promise<Peeked>;

/** Between looks at work that says nothing; halved costs a busy place, doubled is felt at the screen. */
const pause = { leastMs: 20, mostMs: 500 };
const reconnectMost = 5_000;

/** `woken` settles early when the work is known to have ended. */
export const followBy = async (peek: Peek, follower: Follower, woken?: Promise<unknown>): Promise<Ending> => {
  const { signal } = follower;
  let outFrom = 0;
  let errFrom = 0;
  let pauseMs = pause.leastMs;
  let lost = 0;
  for (;;) {
    signal?.throwIfAborted();
    const peeked = await unlessAborted(peek(outFrom, errFrom), signal).catch((error: unknown) => {
      if (signal?.aborted || !isPassing(error)) throw error;
      return error;
    });
    if (peeked instanceof Error) {
      if (lost === 0) follower.onLost?.(peeked.message);
      lost += 1;
      await unlessAborted(delay(Math.min(reconnectMost, 250 * 2 ** Math.min(lost, 8))), signal);
      continue;
    }
    lost = 0;
    if (peeked.out.length > 0) follower.onStdout(peeked.out);
    if (peeked.err.length > 0) follower.onStderr(peeked.err);
    outFrom += peeked.out.length;
    errFrom += peeked.err.length;
    if (peeked.out.length + peeked.err.length > 0) {
      pauseMs = pause.leastMs;
      if (peeked.job.state !== 'alive') continue;
    } else if (peeked.job.state !== 'alive') {
      return peeked.job.state === 'absent' ? { state: 'gone' } : peeked.job;
    }
    const wait = new AbortController();
    const slept = delay(pauseMs, undefined, { signal: wait.signal }).catch(() => undefined);
    try {
      await unlessAborted(woken ? Promise.race([slept, woken]) : slept, signal);
    } finally {
      wait.abort();
    }
    pauseMs = Math.min(pause.mostMs, pauseMs * 1.5);
  }
};

/** The work goes on without us: worth another look until the act's own time limit. */
const isPassing = (error: unknown): error is Error =>
  error instanceof ConnectionLost || (error instanceof TargetError && error.code === 'unreachable');

/** Rejects with the signal's reason; what is still under way is left to itself. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
};
