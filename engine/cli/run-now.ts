import { type RunClockState, runTime } from '../decide/run-time.ts';
import { thisMachine } from '../run/clock.ts';
import type { Host } from './host.ts';

/**
 * The current time of a run that another process may be executing: an answer is never dated before its question,
 * nor in the future, even if the clock was set.
 */
export const runNow = (host: Pick<Host, 'now'>, state: RunClockState): number =>
  Math.round(runTime(state, { wall: host.now(), boot: thisMachine.boot() }));
