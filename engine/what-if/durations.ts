/** How long things take in a story: at the latest, as far as the runbook says. */
import { plannedAct } from '../decide/act-of.ts';
import type { ActKey } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import type { Plan, PlanAct, PlanGate } from '../plan.ts';

/** Of `expected`, on top of it. */
export const spread = 0.5;
/** Of a step without `expected`. */
export const unplannedMs = 10_000;
/** A person at a gate or at an item without `expected`. */
export const answerMs = 60_000;
/** A person at a hold. */
export const decideMs = 5 * 60_000;
/** From a crash to the next session. */
export const resumeMs = 2 * 60_000;
export const lostMs = 60 * 60_000;

export const atLatest = (expectedMs: number | null): number =>
  Math.round((expectedMs ?? unplannedMs) * (1 + spread));

/** An attempt that ends by itself. Checks are part of what is expected of their step. */
export const durationMs = (plan: Plan, key: ActKey): number => {
  const { step: id, phase, index } = parseActKey(key);
  const step = plan.steps[id];
  if (phase === 'trip') return unplannedMs;
  if (step?.kind !== 'act') return 0;
  if (phase === 'do') return atLatest(step.expectedMs);
  return phase === 'undo' && index === 0 ? atLatest(step.undo.expectedMs ?? step.expectedMs) : 0;
};

/** A check that fails has been polled as often as its `retry` says. */
export const pollingMs = ({ retry, until }: PlanAct): number => {
  if (until) return until.forMs;
  let ms = 0;
  for (let i = 0; i < retry.limit; i++) ms += Math.round(retry.intervalMs * retry.backoff ** i);
  return ms;
};

export const timeoutMs = (plan: Plan, key: ActKey): number => {
  const act = plannedAct(plan, key);
  return act ? (act.until?.forMs ?? act.timeoutMs) + act.killGraceMs : 0;
};

/** In time, however short that is. */
export const answerAfterMs = ({
  expectedMs,
  timeoutMs: limit,
}: Pick<PlanGate, 'expectedMs' | 'timeoutMs'>): number => {
  const ms = expectedMs === null ? answerMs : atLatest(expectedMs);
  return limit === null ? ms : Math.min(ms, Math.floor(limit / 2));
};

export const withoutExpected = (plan: Plan): number =>
  Object.values(plan.steps).filter((s) => s.kind === 'act' && s.expectedMs === null).length;

/** As `exec` starts without --t0: with the first step that has an `at`, or when the window opens. Offset from T0. */
export const startMs = (plan: Plan): number => {
  const planned = Object.values(plan.steps).flatMap((step) => step.atMs ?? []);
  return Math.min(0, ...planned, plan.timeline.opensMs ?? 0);
};
