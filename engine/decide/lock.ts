/**
 * The lock of a run: taken before anything else, in every session anew, and given back before the run is settled. While
 * it is not this session's, nothing is started, forward or back.
 */
import type { Plan, PlanLock } from '../plan.ts';
import type { Decision } from './decisions.ts';
import type { Event } from './events.ts';
import { joined, ofPlan, say } from './masked.ts';
import { choices, type HoldRequest, holdDecision } from './move.ts';
import type { LockState, RunState } from './state.ts';

export type LockErrand = Extract<Decision, { do: 'take-lock' | 'give-back-lock' }>;

/** A lock that was taken is kept as it was, also where the runbook has another one by now. */
const wantedLock = (plan: Plan, { lock }: RunState): Pick<PlanLock, 'name' | 'runOn' | 'ttlMs'> | null =>
  lock !== null && lock.token !== null && lock.givenBackAt === null ? lock : (plan.lock ?? null);

/** Taken or taken again in this session, and not lost since. */
export const holdsLock = ({ lock, session }: RunState): boolean =>
  isOwn(lock) && lock?.session === session?.n;

/** Its entry stands at its place in this run's name, as far as the journal knows. */
const isOwn = (lock: LockState | null): boolean =>
  lock !== null && lock.token !== null && lock.givenBackAt === null && lock.lost === null;

/** `wanted`: what is to be done where no lock is in the way. */
export const underLock = (plan: Plan, state: RunState, wanted: readonly Decision[]): readonly Decision[] => {
  const lock = wantedLock(plan, state);
  if (lock === null) return wanted;
  const ends = wanted.length > 0 && wanted.every((d) => d.do === 'finish');
  if (holdsLock(state)) return ends ? [giveBack(lock)] : wanted;
  if (ends && !isOwn(state.lock)) return wanted;
  if (state.lock !== null && state.lock.lost !== null)
    return [holdDecision(state, lockHold(state, state.lock))];
  return wanted.length === 0 ? [] : [take(state, lock)];
};

const take = (
  state: RunState,
  { name, runOn, ttlMs }: Pick<PlanLock, 'name' | 'runOn' | 'ttlMs'>,
): Decision => ({
  do: 'take-lock',
  id: `take-lock:${state.session?.n ?? 0}:${state.holds}`,
  lock: name,
  place: runOn,
  ttlMs,
});

const giveBack = ({ name, runOn }: Pick<PlanLock, 'name' | 'runOn'>): Decision => ({
  do: 'give-back-lock',
  id: 'give-back-lock',
  lock: name,
  place: runOn,
});

const lockHold = (state: RunState, { name, runOn, lost, remedy }: LockState): HoldRequest => ({
  cause: 'lock',
  step: null,
  act: null,
  message: joined([say`lock ${ofPlan(name)} on ${ofPlan(runOn)}`, lost ?? say`not taken`], ': '),
  remedy,
  choices: choices(state, 'retry', 'stop'),
});

/** Where nobody else is, as in a story: it is granted at once. */
export const granted = (d: LockErrand): Event =>
  d.do === 'take-lock'
    ? { type: 'lock-taken', lock: d.lock, place: d.place, token: 1, ttlMs: d.ttlMs }
    : { type: 'lock-given-back', lock: d.lock, place: d.place };
