/** The forecast where it is not what was asked for: a line at the start of `exec`, and in `status`. */
import { initialState } from '../decide/fold.ts';
import type { RunState } from '../decide/state.ts';
import { type EarlierRun, learn } from '../forecast/earlier-runs.ts';
import { forecast } from '../forecast/forecast.ts';
import { type LiveForecast, liveForecast, whyNone } from '../forecast/live.ts';
import { oneLine } from '../forecast/words.ts';
import type { Plan } from '../plan.ts';

export const defaultDraws = 10_000;
/** Of a line: enough for a percentage. */
const fewDraws = 2_000;
/** The same as of the command, so that the line is a part of its answer. */
const seed = 1;

/** As the engine would start it now. */
export const asExec = (
  plan: Plan,
  {
    t0,
    now,
    measuredUndoMs,
  }: { readonly t0: number; readonly now: number; readonly measuredUndoMs: RunState['measuredUndoMs'] },
): RunState => ({
  ...initialState(),
  runbook: plan.name,
  createdAt: now,
  lastAt: now,
  clock: { t0, skipWaits: false },
  session: { n: 1, pid: 0, host: '', user: '', interactive: false, startedAt: now, endedAt: null },
  measuredUndoMs,
});

/** Some draws at first: where they are slow, as for a very long runbook, they are all. */
const quickMs = 50;
const firstDraws = 200;

/** It must never be what keeps a run from starting. */
export const execForecastLine = (
  plan: Plan,
  state: RunState,
  now: number,
  runs: Iterable<EarlierRun>,
): string => {
  try {
    const earlier = learn(plan, runs);
    const options = { seed, causes: false, spans: [] };
    const began = performance.now();
    const first = forecast(plan, state, now, earlier, { ...options, draws: firstDraws });
    const slow = performance.now() - began > quickMs;
    return oneLine(slow ? first : forecast(plan, state, now, earlier, { ...options, draws: fewDraws }));
  } catch (error) {
    return `forecast: none (${error instanceof Error ? error.message : String(error)})`;
  }
};

/** @param runs are read only if there is something to say */
export const statusForecast = (
  plan: Plan,
  state: RunState,
  now: number,
  runs: () => Iterable<EarlierRun>,
): LiveForecast => {
  const why = whyNone(state);
  if (why !== null) return { is: 'none', why };
  return liveForecast(plan, state, now, learn(plan, runs()), {
    draws: fewDraws,
    seed,
    causes: false,
    spans: [],
  });
};
