import type { Event, HoldCause } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import type { RunResult } from './options.ts';

/** Something went wrong; the other holds wait for a decision. */
const failures: readonly HoldCause[] = ['failed', 'line-crossed', 'watch'];

export const sessionOutcome = ({ settled, hold }: RunState): RunResult['outcome'] => {
  if (settled) return settled.result === 'succeeded' ? 'succeeded' : 'rolled-back';
  if (!hold) return 'interrupted';
  if (hold.cause === 'lock') return 'held-lock';
  return failures.includes(hold.cause) ? 'held-failed' : 'held-human';
};

type Reason = Extract<Event, { type: 'session-ended' }>['reason'];

export const endOf: { readonly [O in RunResult['outcome']]: Reason } = {
  succeeded: 'settled',
  'rolled-back': 'settled',
  'held-failed': 'held',
  'held-human': 'held',
  'held-lock': 'held',
  interrupted: 'interrupted',
};
