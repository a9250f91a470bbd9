/** An attempt ends by itself, by its timeout, or by a signal with a grace period. */
import type { Clock } from './options.ts';

/** Beyond the kill grace, this long to prove the work dead before it counts as living. */
export const proofMs = 15_000;

/** Aborts `control` with `timeout` unless `call` is over by then; `call` itself has to settle. */
const withTimeout = async <T>(
  clock: Clock,
  timeoutMs: number,
  control: AbortController,
  call: (over: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController();
  const timer = clock.sleep(timeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) control.abort('timeout');
  });
  try {
    return await call(over.signal);
  } finally {
    over.abort('over');
    await timer;
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export interface Limit {
  readonly timeoutMs: number;
  readonly killGraceMs: number;
}

/** For an act: after its signal it may still end its work; `stuck` is the result if it never does. */
export const untilEnded = <T>(
  clock: Clock,
  limit: Limit,
  control: AbortController,
  call: () => Promise<T>,
  stuck: T,
): Promise<T> =>
  withTimeout(clock, limit.timeoutMs, control, (over) =>
    Promise.race([
      call(),
      aborted(control.signal).then(async () => {
        await clock.sleep(limit.killGraceMs + proofMs, over);
        return stuck;
      }),
    ]),
  );

/** For reads: given up as soon as the signal fires, with its reason. */
export const untilAborted = <T>(
  clock: Clock,
  limit: Limit,
  control: AbortController,
  call: () => Promise<T>,
): Promise<T> =>
  withTimeout(clock, limit.timeoutMs, control, () =>
    Promise.race([
      call(),
      aborted(control.signal).then((): never => {
        throw control.signal.reason;
      }),
    ]),
  );
