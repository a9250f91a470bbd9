import type { Decision } from './decisions.ts';
import { go, type Move } from './move.ts';
import type { RunState } from './state.ts';

/** null: the wait is over. */
export const waitFor = (state: RunState, timer: string, until: number, now: number): Move | null => {
  const armed = state.timers[timer];
  if (armed?.ended || now >= until) return null;
  return armed ? go() : go({ do: 'arm-timer', id: timer, timer, until });
};

/** Only wakes the decider, which goes by the clock; null: it is armed for that instant. */
export const wakeAt = (state: RunState, timer: string, until: number): Decision | null =>
  state.timers[timer]?.until === until ? null : { do: 'arm-timer', id: timer, timer, until };
