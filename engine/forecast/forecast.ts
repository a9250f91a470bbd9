/** How likely a run is on time, if nothing fails: drawn by seed, from what is known of its durations. */
import { owedSteps } from '../decide/owed.ts';
import { isBackground, lineOf } from '../decide/queries.ts';
import type { RunState } from '../decide/state.ts';
import { hardStop } from '../decide/times.ts';
import type { Plan, PlanSpan } from '../plan.ts';
import type { FactSpan } from '../timeline/times.ts';
import { spread } from '../what-if/durations.ts';
import { type Chance, chanceOf, type Quantiles, quantilesOf } from './chance.ts';
import {
  asPlanned,
  type Drawn,
  drawAll,
  playAll,
  type Results,
  type StopBy,
  type Subject,
  withLongerGuesses,
} from './draws.ts';
import { type Durations, durationsOf, hasUndo, type Known } from './durations.ts';
import type { EarlierRuns } from './earlier-runs.ts';
import { limitedOf } from './limited.ts';
import { type Misses, missesOf } from './misses.ts';
import { undoLanes, undoLanesMs } from './undo-lanes.ts';

/** A start within this time is on time. */
export const onTimeMs = 1_000;

export interface Limit {
  /** Offset from T0, ms. */
  readonly atMs: number;
  readonly chance: Chance;
  /** The same draws, with all that is unsure half as long again: not measured, or in few runs only. */
  readonly ifLonger: Chance;
}

export interface Forecast {
  readonly is: 'forecast';
  readonly draws: number;
  readonly seed: number;
  /** Epoch ms. */
  readonly t0: number;
  readonly now: number;
  /** Steps at T0 that are left: what "starts at T0" is about. */
  readonly startSteps: readonly string[];
  /** Steps whose end is "done"; none: the end of the list. */
  readonly doneSteps: readonly string[];
  /** Offsets from T0, ms. */
  readonly starts: Quantiles | null;
  readonly done: Quantiles;
  readonly end: Quantiles;
  readonly byT0: Limit | null;
  /** When all takes as long as planned; null: then a person has to decide on the way. */
  readonly byPlannedEnd: Limit | null;
  readonly byHardStop: Limit | null;
  /** Draws in which a person has to decide before it goes on: nothing is assumed of what comes after. */
  readonly stops: readonly { readonly step: string; readonly by: StopBy; readonly chance: Chance }[];
  readonly spans: readonly (FactSpan & { readonly ms: Quantiles })[];
  /** Spans that are not over, against their limits. */
  readonly limited: readonly LimitedForecast[];
  readonly rollbacks: readonly GateRollback[];
  readonly misses: { readonly of: 'T0' | 'planned end' | 'hard stop'; readonly found: Misses } | null;
  readonly durations: readonly StepSource[];
  /** Earlier runs that something was learnt from. */
  readonly runs: number;
}

export interface LimitedForecast
  extends Pick<PlanSpan, 'id' | 'name' | 'from' | 'to' | 'limitMs' | 'onBreach'> {
  readonly ms: Quantiles;
  /** Of all draws: it does not last longer than its limit. */
  readonly chance: Chance;
  readonly ifLonger: Chance;
}

/** After a no-go at this gate. */
export interface GateRollback {
  readonly gate: string;
  /** How many steps are undone. */
  readonly steps: number;
  readonly ms: Quantiles;
  /** Of the draws that come to the gate: over before the hard stop. null: there is none. */
  readonly byHardStop: Chance | null;
}

export interface StepSource {
  readonly step: string;
  readonly kind: 'step' | 'answer' | 'undo';
  readonly from: Known['from'];
  readonly runs: number;
  readonly expectedMs: number | null;
}

export interface ForecastOptions {
  readonly draws: number;
  readonly seed: number;
  /** Why limits are missed is asked for: it takes as long as all the rest. */
  readonly causes: boolean;
  readonly spans: readonly FactSpan[];
}

/** @param state with a clock, without a hold, a rollback or an end, as of `now` */
export const forecast = (
  plan: Plan,
  state: RunState,
  now: number,
  earlier: EarlierRuns,
  { draws, seed, causes, spans }: ForecastOptions,
): Forecast => {
  const durations = durationsOf(plan, earlier);
  const t0 = state.clock?.t0 ?? now;
  const subject: Subject = { plan, state, now, durations, spans: spans.filter(({ to }) => to !== null) };
  const drawn = drawAll(subject, draws, seed);
  const gates = gatesLeft(subject);
  const results = playAll(subject, drawn, gates);
  const longer = playAll(subject, withLongerGuesses(drawn, subject, 1 + spread));
  const planned = asPlanned(subject);
  const limit = limits(results, longer, draws, t0);
  const offsets = (values: Float64Array): Quantiles => quantilesOf(values.map((at) => at - t0));
  const plannedAt = playAll(subject, planned).done[0] ?? Number.POSITIVE_INFINITY;
  const stop = hardStop(plan, state);
  const byT0 = results.starts ? limit((r) => r.starts ?? r.done, t0, onTimeMs) : null;
  const byPlannedEnd = Number.isFinite(plannedAt) ? limit((r) => r.done, plannedAt, onTimeMs) : null;
  const byHardStop = stop === null ? null : limit((r) => r.done, stop, 0);
  const missed = [
    { of: 'hard stop', limit: byHardStop, at: stop ?? 0, on: (r: Results) => r.done, slack: 0 },
    { of: 'T0', limit: byT0, at: t0, on: (r: Results) => r.starts ?? r.done, slack: onTimeMs },
    { of: 'planned end', limit: byPlannedEnd, at: plannedAt, on: (r: Results) => r.done, slack: onTimeMs },
  ] as const;
  const worst = causes ? missed.find((each) => each.limit && each.limit.chance.hits < draws) : undefined;
  const found = worst
    ? missesOf(subject, drawn, planned, (r, n) => (worst.on(r)[n] ?? 0) - worst.at - worst.slack)
    : null;
  const atT0 = durations.steps.filter((step) => step.atMs === 0 && !isBackground(step)).map(({ id }) => id);
  const governed = atT0.some((id) => plan.steps[id]?.kind === 'act');
  return {
    is: 'forecast',
    draws,
    seed,
    t0,
    now,
    startSteps: results.starts ? atT0 : [],
    doneSteps: governed ? atT0 : [],
    starts: results.starts && offsets(results.starts),
    done: offsets(results.done),
    end: offsets(results.end),
    byT0,
    byPlannedEnd,
    byHardStop,
    stops: [...results.stops.values()]
      .toSorted((a, b) => b.count - a.count)
      .map(({ i, by, count }) => ({
        step: durations.steps[i]?.id ?? '',
        by,
        chance: chanceOf(count, draws),
      })),
    spans: subject.spans.map((span, k) => ({
      ...span,
      ms: quantilesOf(results.spans[k] ?? new Float64Array()),
    })),
    limited: limitedRows(subject, results, longer),
    rollbacks: gates.map((i) => rollbackFrom(subject, drawn, results, i)),
    misses: worst && found ? { of: worst.of, found } : null,
    durations: sourcesOf(subject),
    runs: earlier.runs,
  };
};

const limitedRows = (
  { plan, state, durations }: Subject,
  results: Results,
  longer: Results,
): readonly LimitedForecast[] =>
  limitedOf(plan, state, durations.steps).map(({ span }, k) => {
    const { id, name, from, to, limitMs, onBreach } = span;
    const chance = ({ limited }: Results): Chance => {
      const lasts = limited[k] ?? new Float64Array();
      return chanceOf(
        lasts.reduce((n, ms) => n + (ms <= limitMs ? 1 : 0), 0),
        lasts.length,
      );
    };
    return {
      ...{ id, name, from, to, limitMs, onBreach },
      ms: quantilesOf(results.limited[k] ?? new Float64Array()),
      chance: chance(results),
      ifLonger: chance(longer),
    };
  });

const limits =
  (results: Results, longer: Results, draws: number, t0: number) =>
  (on: (results: Results) => Float64Array, at: number, slackMs: number): Limit => {
    const hits = (found: Results): Chance =>
      chanceOf(
        on(found).reduce((n, each) => n + (each <= at + slackMs ? 1 : 0), 0),
        draws,
      );
    return { atMs: at - t0, chance: hits(results), ifLonger: hits(longer) };
  };

/** Indexes of the gates that are left and from which a rollback is still possible. */
const gatesLeft = ({ plan, state, durations: { steps } }: Subject): readonly number[] => {
  if (state.line) return [];
  const line = lineOf(plan);
  const last = line ? steps.findIndex(({ id }) => id === line.gate) : steps.length - 1;
  return steps.flatMap((step, i) => {
    const at = state.steps[step.id]?.state ?? 'pending';
    return step.kind === 'gate' && i <= last && (at === 'pending' || at === 'running') ? i : [];
  });
};

const rollbackFrom = (
  { plan, state, durations }: Subject,
  drawn: Drawn,
  { ends }: Results,
  gate: number,
): GateRollback => {
  const { steps } = durations;
  const owed = new Set(owedSteps(plan, state).map(({ id }) => id));
  const undone = steps.flatMap((step, i) => {
    if (step.kind !== 'act' || !hasUndo(step)) return [];
    const at = state.steps[step.id]?.state ?? 'pending';
    const comes = (at === 'pending' || at === 'running') && i < gate;
    return comes || owed.has(step.id) ? i : [];
  });
  const undos = undoLanes(plan, undone, (i) => steps[i]?.id ?? '');
  const ms = Float64Array.from({ length: drawn.count }, (_, n) =>
    undoLanesMs(undos, (i) => drawn.undo[n * steps.length + i] ?? 0),
  );
  const stop = hardStop(plan, state);
  const answered = ends.get(gate) ?? new Float64Array();
  let [reached, inTime] = [0, 0];
  for (const [n, at] of answered.entries()) {
    if (!Number.isFinite(at)) continue;
    reached++;
    if (stop !== null && at + (ms[n] ?? 0) <= stop) inTime++;
  }
  return {
    gate: steps[gate]?.id ?? '',
    steps: undone.length,
    ms: quantilesOf(ms),
    byHardStop: stop === null ? null : chanceOf(inTime, reached),
  };
};

/** Of what is left. */
const sourcesOf = ({ state, durations }: Subject): readonly StepSource[] => {
  const { steps, forward, undo }: Durations = durations;
  const runs = (known: Known) => (known.from === 'runs' ? known.values.length : 0);
  return steps.flatMap((step, i): readonly StepSource[] => {
    const at = state.steps[step.id]?.state ?? 'pending';
    const [known, back] = [forward[i], undo[i] ?? null];
    const asked =
      step.kind === 'gate' || (step.kind === 'checklist' && step.items.some(({ check }) => check === null));
    const left = known && known.from !== 'fixed' && (at === 'pending' || at === 'running');
    return [
      ...(left
        ? [
            {
              step: step.id,
              kind: asked ? ('answer' as const) : ('step' as const),
              from: known.from,
              runs: runs(known),
              expectedMs: step.expectedMs,
            },
          ]
        : []),
      ...(back
        ? [
            {
              step: step.id,
              kind: 'undo' as const,
              from: back.from,
              runs: runs(back),
              expectedMs: step.kind === 'act' ? (step.undo.expectedMs ?? step.expectedMs) : null,
            },
          ]
        : []),
    ];
  });
};
