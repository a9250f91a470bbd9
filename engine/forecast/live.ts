/** The forecast of a run as it stands: what is done is fixed, and what is unknown is not assumed. */
import { owedSteps } from '../decide/owed.ts';
import type { RunState } from '../decide/state.ts';
import { hardStop } from '../decide/times.ts';
import type { Plan } from '../plan.ts';
import { type Chance, chanceOf, type Quantiles, quantilesOf } from './chance.ts';
import { drawing } from './draw.ts';
import { undoOf } from './durations.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { type Forecast, type ForecastOptions, forecast } from './forecast.ts';
import { undoLanes, undoLanesMs } from './undo-lanes.ts';

/** Why nothing can be said. */
export interface NoForecast {
  readonly is: 'none';
  readonly why: 'held' | 'stopped' | 'rehearsal' | 'ended' | 'no clock';
}

export interface RollbackForecast {
  readonly is: 'rollback';
  readonly draws: number;
  readonly seed: number;
  readonly t0: number;
  /** Offsets from T0, ms. */
  readonly end: Quantiles;
  /** null: there is no hard stop. */
  readonly byHardStop: { readonly atMs: number; readonly chance: Chance } | null;
}

export type LiveForecast = Forecast | RollbackForecast | NoForecast;

export const whyNone = (state: RunState): NoForecast['why'] | null => {
  if (state.settled) return 'ended';
  if (state.hold) return 'held';
  if (!state.session || state.session.endedAt !== null) return 'stopped';
  if (!state.clock) return 'no clock';
  return state.clock.skipWaits ? 'rehearsal' : null;
};

/** @param now in the run's own time */
export const liveForecast = (
  plan: Plan,
  state: RunState,
  now: number,
  earlier: EarlierRuns,
  options: ForecastOptions,
): LiveForecast => {
  const why = whyNone(state);
  if (why !== null) return { is: 'none', why };
  if (state.rollback) return rollbackForecast(plan, state, now, earlier, options);
  return forecast(plan, state, now, earlier, options);
};

const rollbackForecast = (
  plan: Plan,
  state: RunState,
  now: number,
  earlier: EarlierRuns,
  { draws, seed }: ForecastOptions,
): RollbackForecast => {
  const draw = drawing(seed);
  const t0 = state.clock?.t0 ?? now;
  const left = owedSteps(plan, state).flatMap((step) => {
    const known = undoOf(step, earlier);
    const since = state.steps[step.id]?.undoStartedAt ?? now;
    return known ? { step: step.id, known, passedMs: now - since } : [];
  });
  const undos = undoLanes(plan, left, ({ step }) => step);
  const ends = Float64Array.from(
    { length: draws },
    () => now + undoLanesMs(undos, ({ known, passedMs }) => draw.ms(known, passedMs) - passedMs),
  );
  const stop = hardStop(plan, state);
  return {
    is: 'rollback',
    draws,
    seed,
    t0,
    end: quantilesOf(ends.map((at) => at - t0)),
    byHardStop:
      stop === null
        ? null
        : {
            atMs: stop - t0,
            chance: chanceOf(
              ends.reduce((n, at) => n + (at <= stop ? 1 : 0), 0),
              draws,
            ),
          },
  };
};
