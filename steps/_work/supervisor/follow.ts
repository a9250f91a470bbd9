/** Following the output of supervised work by offset, for as long as it takes. */
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { TargetError } from '../../../engine/target.ts';
import { outputLimits } from '../output-limits.ts';
import { ConnectionLost } from '../shell.ts';
import { CopiedStream, type Part } from './copied-stream.ts';
import type { Ending, Follower, JobState } from './supervisor.ts';

export interface Peeked {
  readonly job: JobState;
  readonly out: Part;
  readonly err: Part;
  /** `PLACE:FOLDER` of the output. */
  readonly at: string;
}

/** What came since the offsets; after an ending, the job's state was read before the sizes. */
export type Peek = (outFrom: number, errFrom: number) => Promise<Peeked>;

/** Between looks at work that says nothing; halved costs a busy place, doubled is felt at the screen. */
const pause = { leastMs: 20, mostMs: 500 };
const reconnectMost = 5_000;
/** Whoever leaves the work running wants to be gone. */
const detachMs = 1_000;

/** `woken` settles early when the work is known to have ended. */
export const followBy = async (peek: Peek, follower: Follower, woken?: Promise<unknown>): Promise<Ending> => {
  const { signal } = follower;
  const out = new CopiedStream('stdout', follower.onStdout, follower.onGap);
  const err = new CopiedStream('stderr', follower.onStderr, follower.onGap);
  const copy = new Copy();
  let at = '';
  let pauseMs = pause.leastMs;
  let lost = 0;
  for (;;) {
    // A look at files here and now waits for nothing: without a turn, no time limit would ever fire.
    await turn();
    const { guard, behind, tail } = copy.next(signal);
    const peeked = await unlessAborted(peek(out.from, err.from), guard).catch((error: unknown) => {
      if (!guard?.aborted && !isPassing(error)) throw error;
      return error;
    });
    if (!isPeeked(peeked)) {
      if (copy.isOver) return copy.ending(out, err, at);
      if (guard?.aborted && copy.mayLookAgain) continue;
      if (guard?.aborted) throw signal?.reason;
      if (lost === 0) follower.onLost?.((peeked as Error).message);
      lost += 1;
      const againMs = Math.min(reconnectMost, 250 * 2 ** Math.min(lost, 8));
      await unlessAborted(delay(againMs), guard).catch(() => undefined);
      continue;
    }
    lost = 0;
    at = peeked.at;
    out.take(peeked.out, behind, tail);
    err.take(peeked.err, behind, tail);
    if (peeked.job.state !== 'alive') {
      out.finish();
      err.finish();
      copy.ended(peeked.job.state === 'absent' ? { state: 'gone' } : peeked.job, signal);
      if (copy.isOver || out.left + err.left === 0) return copy.ending(out, err, at);
      continue;
    }
    if (copy.wasLastLook) throw signal?.reason;
    if (peeked.out.bytes.length + peeked.err.bytes.length > 0) {
      pauseMs = pause.leastMs;
      if (out.left + err.left > 0) continue;
    }
    const wait = new AbortController();
    const slept = delay(pauseMs, undefined, { signal: wait.signal }).catch(() => undefined);
    await unlessAborted(woken ? Promise.race([slept, woken]) : slept, signal).catch(() => undefined);
    wait.abort();
    pauseMs = Math.min(pause.mostMs, pauseMs * 1.5);
  }
};

/** How long is left for copying: until the act's signal; once the work has ended, a time of its own. */
class Copy {
  #ending: Ending | null = null;
  #whole: AbortSignal | null = null;
  #hurry: AbortSignal | null = null;
  #lastLook: AbortSignal | null = null;

  /** What the next look has to heed. After the signal there is one more look: it may have ended meanwhile. */
  next(signal: AbortSignal | undefined): { guard: AbortSignal | undefined; behind: number; tail: number } {
    const { behind, tail, lastTail, hurryMs } = outputLimits;
    if (this.#ending === null && signal?.aborted)
      this.#lastLook ??= AbortSignal.timeout(signal.reason === 'detach' ? detachMs : hurryMs);
    if (this.#whole?.aborted) this.#hurry ??= AbortSignal.timeout(hurryMs);
    const guard = this.#hurry ?? this.#whole ?? this.#lastLook ?? signal;
    return this.#hurry ? { guard, behind: lastTail, tail: lastTail } : { guard, behind, tail };
  }

  ended(ending: Ending, signal: AbortSignal | undefined): void {
    const limit = AbortSignal.timeout(outputLimits.afterEndMs);
    this.#whole ??= signal ? AbortSignal.any([signal, limit]) : limit;
    this.#ending = ending;
  }

  get isOver(): boolean {
    return this.#ending !== null && this.#hurry?.aborted === true;
  }

  get wasLastLook(): boolean {
    return this.#lastLook !== null;
  }

  get mayLookAgain(): boolean {
    return this.#ending !== null || this.#lastLook === null;
  }

  ending(out: CopiedStream, err: CopiedStream, at: string): Ending {
    const bytes = out.uncopied + err.uncopied;
    const ending = this.#ending ?? { state: 'gone' };
    return bytes === 0 ? ending : { ...ending, uncopied: { bytes, at, end: out.left + err.left > 0 } };
  }
}

const isPeeked = (looked: unknown): looked is Peeked =>
  typeof looked === 'object' && looked !== null && 'job' in looked;

/** The work goes on without us: worth another look until the act's own time limit. */
const isPassing = (error: unknown): error is Error =>
  error instanceof ConnectionLost || (error instanceof TargetError && error.code === 'unreachable');

/** Rejects with the signal's reason; what is still under way is left to itself. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
};
