import { setTimeout as delay } from 'node:timers/promises';
import { quietMs } from '../../_work/shell.ts';

/** Looks at most; whoever is left may go on talking for ever. */
const mostLooks = 5;

export interface Talk {
  /** Chunks that have come so far. */
  chunks(): number;
  /** Settles once the connection has answered: what is late may be the network's. */
  reachable(): Promise<unknown>;
  /** Nobody needs the answer any more, and the place gets no session for it. */
  readonly settled: AbortSignal;
}

type Wait = (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>;

/**
 * After the command's own exit: until nothing has come for a while over a connection that answers. Rejects with the
 * reason of `settled`.
 */
export const untilQuiet = async ({ chunks, reachable, settled }: Talk, wait: Wait = delay): Promise<void> => {
  for (let looks = 0, before = -1; looks < mostLooks && before !== chunks(); looks += 1) {
    before = chunks();
    await wait(quietMs, undefined, { signal: settled });
    await reachable();
  }
};
