/** Scripted runs as a report sees them. */
import type { Recorded } from '../../../engine/decide/events.ts';
import type { ReportedRun } from '../../../engine/report/reported-run.ts';
import { plan, play } from '../views/scripted-run.ts';

type Script = Parameters<typeof play>[0];

export const reportedRun = (script: Script, over: Partial<ReportedRun> = {}): ReportedRun => {
  const events: Recorded[] = [];
  const state = play(script, (event) => events.push(event));
  return { plan, events, state, live: false, spans: [], ...over };
};
