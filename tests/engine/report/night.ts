/** Scripted nights as a report sees them. */
import type { Recorded } from '../../../engine/decide/events.ts';
import type { Night } from '../../../engine/report/night.ts';
import { plan, play } from '../views/scripted-run.ts';

type Script = Parameters<typeof play>[0];

export const nightOf = (script: Script, over: Partial<Night> = {}): Night => {
  const events: Recorded[] = [];
  const state = play(script, (event) => events.push(event));
  return { plan, events, state, live: false, spans: [], ...over };
};
