/** How an attempt of an act ends, and what its probe finds, under a fault or without one. */
import { plannedAct } from '../decide/act-of.ts';
import type { ActKey, Event } from '../decide/events.ts';
import { say } from '../decide/masked.ts';
import type { Plan } from '../plan.ts';
import { durationMs, pollingMs, timeoutMs } from './durations.ts';
import type { Happened } from './facts.ts';
import type { FaultKind } from './faults.ts';

export interface Outcome {
  readonly ms: number;
  /** What the engine learns; `crash`: it dies before it learns anything. */
  readonly result: 'done' | 'failed' | 'timeout' | 'crash';
  readonly happened: Happened;
}

const timeouts: { readonly [K in FaultKind]?: Happened } = {
  // A read.
  'times-out': 'none',
  'times-out-done': 'done',
  'times-out-not-done': 'none',
  'times-out-partial': 'some',
  'times-out-unknown-done': 'done',
  'times-out-unknown-not-done': 'none',
};

export const outcomeOf = (plan: Plan, act: ActKey, fault: FaultKind | null): Outcome => {
  const ms = durationMs(plan, act);
  if (fault === 'check-fails') {
    const spec = plannedAct(plan, act);
    return { ms: spec ? pollingMs(spec) : 0, result: 'failed', happened: 'none' };
  }
  if (fault === 'fails') return { ms, result: 'failed', happened: 'none' };
  if (fault === 'fails-changed') return { ms, result: 'failed', happened: 'some' };
  if (fault === 'crash-after') return { ms, result: 'crash', happened: 'done' };
  const timedOut = fault === null ? undefined : timeouts[fault];
  if (timedOut) return { ms: timeoutMs(plan, act), result: 'timeout', happened: timedOut };
  return { ms, result: 'done', happened: 'done' };
};

export const ends = (
  act: ActKey,
  attempt: number,
  { result, happened }: Outcome,
  effects: 'read' | 'write',
): Event => {
  const head = { type: 'act-finished', act, attempt } as const;
  if (result === 'done')
    return { ...head, result, effect: effects === 'write' ? 'some' : 'none', output: null };
  const timeout = result === 'timeout';
  const error = { code: timeout ? 'timeout' : 'failed', short: timeout ? say`timed out` : say`it failed` };
  const effect = timeout ? 'unknown' : happened === 'some' ? 'some' : 'none';
  return { ...head, result: 'failed', effect, error, retryable: true };
};

/** A probe tells what happened, but for the faults whose outcome nobody can tell. */
export const probedAs = (
  act: ActKey,
  attempt: number,
  fault: FaultKind | null,
  happened: Happened,
): Event => {
  const head = { type: 'act-probed', act, attempt } as const;
  if (fault === 'times-out-unknown-done' || fault === 'times-out-unknown-not-done')
    return { ...head, state: 'unknown', why: say`the probe cannot tell` };
  if (happened === 'done') return { ...head, state: 'done', output: null };
  if (happened === 'some') return { ...head, state: 'partial', why: say`half of it is there` };
  return { ...head, state: 'not-done' };
};

/** Ended from outside, and proven to have ended. */
export const stopped = (act: ActKey, attempt: number): Event => ({
  type: 'act-finished',
  act,
  attempt,
  result: 'failed',
  effect: 'unknown',
  error: { code: 'stopped', short: say`ended before its outcome was known` },
  retryable: false,
  living: false,
});

export const paused = (act: ActKey, attempt: number): Event => ({
  type: 'act-finished',
  act,
  attempt,
  result: 'failed',
  effect: 'some',
  error: { code: 'paused', short: say`paused` },
  retryable: true,
});
