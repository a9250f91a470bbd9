/** What became of the messages to people who are not at the run. */
import type { Event } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { timeOfDay } from './format.ts';
import type { Line } from './sentence.ts';

type Told = Extract<Event, { type: 'told' }>;

/** One that was told is on record only. */
export const wordTold = (e: Told): Line | null =>
  e.ok ? null : { tone: 'warn', text: `NOT TOLD: ${e.on}, to ${e.where}: ${e.why ?? 'unknown why'}` };

/** What could not be told: the last of it. */
export const untoldLine = ({ untold }: RunState): Line | null => {
  const last = untold.at(-1);
  if (!last) return null;
  const others = untold.length > 1 ? ` (and ${untold.length - 1} more)` : '';
  return {
    tone: 'warn',
    text: `not told at ${timeOfDay(last.at)}: ${last.on}, to ${last.where}: ${last.why ?? 'unknown why'}${others}`,
  };
};
