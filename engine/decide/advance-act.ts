/** One act: its attempts, backoff, probes. The only place that knows when an act may run again. */

import type { PlanAct, RetryPolicy } from '../plan.ts';
import type { Decision } from './decisions.ts';
import type { ActKey, Effect, Failure } from './events.ts';
import { attemptId, timerId } from './keys.ts';
import { isLedgerLost } from './ledger-lost.ts';
import { type Masked, say } from './masked.ts';
import { mayHaveActed, mayStillWork } from './queries.ts';
import type { ActState, AttemptState, RunState } from './state.ts';

export type ActProgress =
  | { is: 'busy'; decisions: readonly Decision[] }
  | { is: 'done' }
  | { is: 'failed'; error: Failure; effect: Effect }
  | { is: 'unknown'; why: Masked }
  | { is: 'living' };

type Busy = Extract<ActProgress, { is: 'busy' }>;

export interface ActPolicy {
  readonly act: ActKey;
  /** Checks poll inside one attempt; only acts that change something are attempted again by the core. */
  readonly retry: RetryPolicy;
  /** A read, or an undo from a before-image: it is safe to run again, so it is never probed. */
  readonly harmless: boolean;
  /** Whether two of it must never run at the same time. */
  readonly writes: boolean;
  readonly onUnknown: PlanAct['onUnknown'];
  readonly crossesLine: boolean;
}

const once: RetryPolicy = { limit: 0, intervalMs: 0, backoff: 1 };

export const checkPolicy = (act: ActKey): ActPolicy => ({
  act,
  retry: once,
  harmless: true,
  writes: false,
  onUnknown: 'rerun',
  crossesLine: false,
});

export const actPolicy = (act: ActKey, spec: PlanAct, crossesLine = false): ActPolicy => ({
  act,
  retry: spec.retry,
  harmless: spec.effects === 'read',
  writes: spec.effects === 'write',
  onUnknown: spec.onUnknown,
  crossesLine,
});

export const undoPolicy = (act: ActKey, spec: PlanAct, fromBeforeImage: boolean): ActPolicy => ({
  ...actPolicy(act, spec),
  harmless: fromBeforeImage || spec.effects === 'read',
  writes: fromBeforeImage || spec.effects === 'write',
});

const busy = (...decisions: Decision[]): Busy => ({ is: 'busy', decisions });

export const runAct = (policy: ActPolicy, attempt: number, attach = false): Busy =>
  busy({
    do: 'act',
    id: attemptId(policy.act, attempt),
    act: policy.act,
    attempt,
    attach,
    crossesLine: policy.crossesLine,
  });

export const stopAct = (act: ActKey, attempt: number): Decision => ({
  do: 'stop-act',
  id: `stop:${attemptId(act, attempt)}`,
  act,
  attempt,
});

/** It was paused because a watch tripped: not a failure. */
const isPaused = (attempt: AttemptState): boolean => attempt.error?.code === 'paused';

/** A killed engine left it open, and the next one ended it. */
const isCutShort = (attempt: AttemptState): boolean => attempt.ended && attempt.error?.code === 'stopped';

/** Attempts that count against the limit: an engine killed during an act says nothing about the act. */
const counted = (state: ActState): number =>
  state.attempts.filter(
    (a) =>
      a.n > state.countFrom &&
      a.result === 'failed' &&
      !isPaused(a) &&
      !isCutShort(a) &&
      !isLedgerLost(a.error),
  ).length;

const retryOrFail = (
  state: RunState,
  policy: ActPolicy,
  act: ActState,
  last: AttemptState,
  now: number,
  failure: { error: Failure; effect: Effect; retryable: boolean },
): ActProgress => {
  const failures = counted(act);
  if (!failure.retryable || failures > policy.retry.limit) {
    return { is: 'failed', error: failure.error, effect: failure.effect };
  }
  const pause = Math.round(policy.retry.intervalMs * policy.retry.backoff ** Math.max(0, failures - 1));
  if (pause === 0) return runAct(policy, last.n + 1);
  const timer = timerId.retry(policy.act, last.n);
  const armed = state.timers[timer];
  if (!armed) return busy({ do: 'arm-timer', id: timer, timer, until: (last.finishedAt ?? now) + pause });
  return armed.ended || now >= armed.until ? runAct(policy, last.n + 1) : busy();
};

const timedOut = (last: AttemptState): Failure =>
  last.error ?? { code: 'lost', short: say`the engine stopped during the act` };

/** Not if its ledger is lost: the state for another attempt is then unknown. */
const mayRerun = (policy: ActPolicy, last: AttemptState): boolean =>
  policy.onUnknown === 'rerun' && !last.probe?.lost && !isLedgerLost(last.error);

/** An attempt without a known end: probe it. */
const afterUnknown = (
  state: RunState,
  policy: ActPolicy,
  act: ActState,
  last: AttemptState,
  now: number,
): ActProgress => {
  const session = state.session?.n ?? 0;
  const { probe } = last;
  if (!probe || (probe.state === 'alive' && probe.session !== session)) {
    return busy({
      do: 'probe',
      id: `probe:${attemptId(policy.act, last.n)}`,
      act: policy.act,
      attempt: last.n,
    });
  }
  switch (probe.state) {
    case 'done':
      return { is: 'done' };
    case 'alive':
      return runAct(policy, last.n, true);
    case 'not-done':
      if (last.result === null) return runAct(policy, last.n + 1);
      return retryOrFail(state, policy, act, last, now, {
        error: timedOut(last),
        effect: 'none',
        retryable: true,
      });
    case 'partial':
      return {
        is: 'failed',
        effect: 'some',
        error: { code: 'partial', short: say`half done: ${probe.why ?? say`no reason given`}` },
      };
    // Its effect is unknown: otherwise it would be a failed attempt.
    case 'failed':
    case 'unknown':
      if (mayRerun(policy, last) && counted(act) <= policy.retry.limit) return runAct(policy, last.n + 1);
      return { is: 'unknown', why: probe.why ?? last.error?.short ?? say`the probe found no answer` };
  }
};

export const advanceAct = (state: RunState, policy: ActPolicy, now: number): ActProgress => {
  const act = state.acts[policy.act];
  const last = act?.attempts.at(-1);
  if (!act || !last) return runAct(policy, 1);
  if (act.done) return { is: 'done' };
  if (last.living) return last.endAgain ? busy(stopAct(policy.act, last.n)) : { is: 'living' };
  if (last.waived) {
    // The probe says no, but the process may still be running, and two must not run at once.
    return policy.writes && mayStillWork(last)
      ? busy(stopAct(policy.act, last.n))
      : runAct(policy, last.n + 1);
  }
  if (last.result === null) {
    const attached = last.probe?.state === 'alive';
    if (last.session === state.session?.n && !attached) return busy();
    if (!policy.harmless) return afterUnknown(state, policy, act, last, now);
    return policy.writes ? busy(stopAct(policy.act, last.n)) : runAct(policy, last.n + 1);
  }
  if (policy.harmless && policy.writes) {
    // It is not probed, but another attempt waits until it has ended.
    if (mayStillWork(last)) return busy(stopAct(policy.act, last.n));
    if (last.error?.code === 'stopped') return runAct(policy, last.n + 1);
  }
  // Also for a read: a lost ledger is not a failure that the policy could handle.
  if (last.effect === 'unknown' && (!policy.harmless || isLedgerLost(last.error)))
    return afterUnknown(state, policy, act, last, now);
  if (isPaused(last)) return runAct(policy, last.n + 1);
  const error = last.error ?? { code: 'engine', short: say`failed without a reason` };
  return retryOrFail(state, policy, act, last, now, {
    error,
    effect: last.effect,
    retryable: last.retryable,
  });
};

export const startsAct = (progress: ActProgress): boolean =>
  progress.is === 'busy' && progress.decisions.some((d) => d.do === 'act' && !d.attach);

/**
 * Before an act first starts, preconditions that passed in an earlier session are read again. Not after it may have
 * acted: its own change may make them fail. null: all are of this session.
 */
export const rereadGuards = (state: RunState, guards: readonly ActKey[], guarded: ActKey): Busy | null => {
  if (state.acts[guarded]?.attempts.some(mayHaveActed)) return null;
  for (const guard of guards) {
    const last = state.acts[guard]?.attempts.at(-1);
    if (last && last.session !== state.session?.n) return runAct(checkPolicy(guard), last.n + 1);
  }
  return null;
};
