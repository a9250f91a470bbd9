/** How long a step, an answer or an undo may take, and from where that is known. */
import type { Plan, PlanActStep, PlanStep } from '../plan.ts';
import { answerMs, spread, unplannedMs } from '../what-if/durations.ts';
import type { EarlierRuns } from './earlier-runs.ts';

/**
 * `fixed`: nothing about it is uncertain (a wait, a gate that asks nobody). `guess`: the runbook gives no `expected`, and
 * no earlier run is known.
 */
export type Origin = 'runs' | 'expected' | 'guess' | 'fixed';

/** A draw is one of the values, times a log-normal factor with the median 1. ms. */
export interface Known {
  readonly from: Origin;
  readonly values: readonly number[];
  /** Of the factor's logarithm. */
  readonly sigma: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The quantile of the normal distribution below which nine of ten values are. */
const ninth = 1.281_551_565_545;

/** Of what is not measured: half of the draws are longer than `expected`, one of ten by more than `spread`. */
export const planSigma = Math.log(1 + spread) / ninth;

const unlimited = Number.POSITIVE_INFINITY;

/** The more runs, the nearer to what they took: one run alone is as uncertain as a plan. */
const measured = (values: readonly number[]): Known => ({
  from: 'runs',
  values,
  sigma: planSigma / Math.sqrt(values.length),
  leastMs: 0,
  mostMs: unlimited,
});

/** Fewer runs than this are little more than a guess. */
export const fewRuns = 5;

export const isUnsure = ({ from, values }: Known): boolean =>
  from === 'expected' || from === 'guess' || (from === 'runs' && values.length < fewRuns);

const planned = (expectedMs: number | null, otherwiseMs: number): Known => ({
  from: expectedMs === null ? 'guess' : 'expected',
  values: [expectedMs ?? otherwiseMs],
  sigma: planSigma,
  leastMs: 0,
  mostMs: unlimited,
});

const fixed = (ms: number): Known => ({ from: 'fixed', values: [ms], sigma: 0, leastMs: ms, mostMs: ms });

/** From its start to its end, checks and answers included. */
export const forwardOf = (step: PlanStep, earlier: EarlierRuns): Known => {
  const taken = earlier.forward.get(step.id) ?? [];
  const known = (otherwiseMs: number): Known =>
    taken.length > 0 ? measured(taken) : planned(step.expectedMs, otherwiseMs);
  switch (step.kind) {
    case 'wait':
      return fixed(step.forMs);
    case 'gate':
      return step.prompt === null ? fixed(0) : known(answerMs);
    case 'checklist':
      return known(step.items.some(({ check }) => check === null) ? answerMs : unplannedMs);
    case 'watch': {
      if (step.untilMs !== null) return fixed(0);
      const paceMs = step.initialDelayMs + Math.max(0, (step.count ?? 1) - 1) * step.intervalMs;
      const found = taken.length > 0 ? measured(taken) : planned(step.expectedMs ?? paceMs, paceMs);
      return { ...found, leastMs: paceMs };
    }
    case 'act': {
      const found = known(unplannedMs);
      // An attempt that takes longer is ended, and has failed.
      return { ...found, mostMs: Math.max(step.act.until?.forMs ?? step.act.timeoutMs, ...found.values) };
    }
  }
};

/** null: there is none, or nothing is owed. */
export const undoOf = (step: PlanStep, earlier: EarlierRuns): Known | null => {
  if (step.kind !== 'act' || !hasUndo(step)) return null;
  const taken = earlier.undo.get(step.id) ?? [];
  if (taken.length > 0) return measured(taken);
  return planned(step.undo.expectedMs ?? step.expectedMs, unplannedMs);
};

export const hasUndo = ({ undo }: PlanActStep): boolean => undo.mode === 'auto' || undo.mode === 'own';

/** Of a plan, in the order of its list. */
export interface Durations {
  readonly steps: readonly PlanStep[];
  readonly forward: readonly Known[];
  readonly undo: readonly (Known | null)[];
}

export const durationsOf = (plan: Plan, earlier: EarlierRuns): Durations => {
  const steps = plan.entries
    .flatMap((e) => (e.kind === 'line' ? [] : e.kind === 'step' ? [e.step] : e.steps))
    .flatMap((id) => plan.steps[id] ?? []);
  return {
    steps,
    forward: steps.map((step) => forwardOf(step, earlier)),
    undo: steps.map((step) => undoOf(step, earlier)),
  };
};
