import { go, type Move } from './move.ts';
import type { RunState } from './state.ts';

/** null: the wait is over. */
export const waitFor = (state: RunState, timer: string, until: number, now: number): Move | null => {
  const armed = state.timers[timer];
  if (armed?.ended || now >= until) return null;
  return armed ? go() : go({ do: 'arm-timer', id: timer, timer, until });
};
