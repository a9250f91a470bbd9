import { type RunClockState, runTime } from '../decide/run-time.ts';
import { thisMachine } from '../run/clock.ts';
import type { Host } from './host.ts';

/**
 * Now, in the time of a run that another process may be at: what is said now is neither older than what it answers
 * nor newer than it is, however the clock was set meanwhile.
 */
export const runNow = (host: Pick<Host, 'now'>, state: RunClockState): number =>
  Math.round(runTime(state, { wall: host.now(), boot: thisMachine.boot() }));
