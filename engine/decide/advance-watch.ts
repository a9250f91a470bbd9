/**
 * A watch: repeated measurements until the count is reached or a limit is exceeded. Only journaled measurements count,
 * so a resumed run continues the count; measurements missed meanwhile are not repeated.
 */

import type { Plan, PlanWatch } from '../plan.ts';
import { actPolicy, advanceAct } from './advance-act.ts';
import { backgroundEnded } from './background.ts';
import type { Decision } from './decisions.ts';
import { actKey, actsPerTrip, timerId } from './keys.ts';
import { type Masked, ofPlan, say } from './masked.ts';
import { choices, go, type Move, settleStep } from './move.ts';
import { dueAt, takenOf, watchState } from './queries.ts';
import type { Counts, RunState, WatchState } from './state.ts';
import { instantOf } from './times.ts';
import { wakeAt } from './wait.ts';

export const advanceWatch = (plan: Plan, state: RunState, step: PlanWatch, now: number): Move => {
  const watch = watchState(state, step.id);
  if (watch.tripped) return afterTrip(state, step, watch, now);
  const trip = tripOf(step, watch);
  if (trip) return go(tripWatch(step, watch, trip));
  const due = dueAt(state, step, now);
  if (hasEnded(plan, state, step, due, now) && endsOnAnswer(watch)) return atEnd(step, watch);
  return now < due ? sleep(plan, state, step, due, now) : go(measure(step, watch));
};

const measure = (step: PlanWatch, { total }: WatchState): Decision => {
  const n = takenOf(total) + 1;
  return {
    do: 'measure',
    id: `measure:${step.id}#${n}`,
    act: actKey(step.id, 'measure', 0),
    step: step.id,
    n,
  };
};

const hasEnded = (plan: Plan, state: RunState, step: PlanWatch, due: number, now: number): boolean => {
  const taken = takenOf(watchState(state, step.id).since);
  // Even if it started late: it needs at least one measurement.
  if (taken === 0) return false;
  if (step.untilMs === null) return taken >= (step.count ?? 1);
  return backgroundEnded(plan, state, step, taken, due, now);
};

/**
 * A measurement that could not be taken says nothing about the time since the previous one. The watch continues until
 * one can be taken, or until there are too many errors in a row.
 */
const endsOnAnswer = ({ last }: WatchState): boolean => last?.verdict !== 'error';

/** No bad measurement does not mean that there was a good one. */
const atEnd = (step: PlanWatch, watch: WatchState): Move =>
  watch.since.success > 0
    ? go(settleStep(step.id, 'succeeded'))
    : go(
        tripWatch(step, watch, {
          as: 'inconclusive',
          why: say`it ended without a good measurement (${counted(watch.since)})`,
        }),
      );

/** Until the next measurement, or its end where that comes before. */
const sleep = (plan: Plan, state: RunState, step: PlanWatch, due: number, now: number): Move => {
  const ends = state.clock?.skipWaits || step.untilMs === null ? null : instantOf(plan, state, step.untilMs);
  const wake = wakeAt(
    state,
    timerId.measure(step.id),
    ends !== null && ends > now ? Math.min(due, ends) : due,
  );
  return wake ? go(wake) : go();
};

interface Trip {
  readonly as: 'failure' | 'inconclusive' | 'error';
  readonly why: Masked;
}

const plural = (n: number, one: Masked): Masked =>
  n === 1 ? say`${n} ${one} measurement` : say`${n} ${one} measurements`;

export const counted = (c: Counts): Masked =>
  say`${takenOf(c)} taken: ${c.success} good, ${c.failure} bad, ${c.inconclusive} inconclusive, ${c.error} not taken`;

/** null: within all limits. */
const tripOf = (step: PlanWatch, { since, consecutiveErrors }: WatchState): Trip | null => {
  if (since.failure > step.failureLimit) {
    const bad = plural(since.failure, say`bad`);
    return { as: 'failure', why: say`${bad} (allowed: ${step.failureLimit})` };
  }
  if (since.inconclusive > step.inconclusiveLimit) {
    const said = plural(since.inconclusive, say`inconclusive`);
    return { as: 'inconclusive', why: say`${said} (allowed: ${step.inconclusiveLimit})` };
  }
  if (consecutiveErrors > step.consecutiveErrorLimit) {
    return {
      as: 'error',
      why: say`${consecutiveErrors} measurements in a row could not be taken (allowed: ${step.consecutiveErrorLimit})`,
    };
  }
  return null;
};

const tripWatch = (step: PlanWatch, { trips, last }: WatchState, { as, why }: Trip): Decision => {
  const reason = last?.why ? say`; last: ${last.why}` : say``;
  const value = last?.value ? say`; measured ${last.value}` : say``;
  const trip = trips + 1;
  const message = say`${why}${reason}${value}`;
  return { do: 'trip-watch', id: `trip:${step.id}#${trip}`, step: step.id, trip, as, message };
};

const afterTrip = (state: RunState, step: PlanWatch, watch: WatchState, now: number): Move => {
  const acting = tripActs(state, step, watch, now);
  if (acting) return go(...acting);
  const message = say`${ofPlan(step.id)}: ${watch.tripped?.message ?? say``}`;
  if (step.onFailure === 'continue') return go(settleStep(step.id, 'failed', watch.tripped?.message ?? null));
  if (step.onFailure === 'rollback' && !state.line) return { kind: 'roll-back', reason: message };
  const refused =
    step.onFailure === 'rollback' ? say`; a rollback was due, but the point of no return is crossed` : say``;
  return {
    kind: 'hold',
    urgent: true,
    request: {
      cause: 'watch',
      step: step.id,
      act: null,
      message: say`${message}${refused}`,
      remedy: null,
      choices: choices(state, 'retry', 'skip', 'roll-back', 'stop'),
    },
  };
};

/** A failed or unknown act of the trip is reported by its own events; the next one follows. */
const tripActs = (
  state: RunState,
  step: PlanWatch,
  { trips }: WatchState,
  now: number,
): readonly Decision[] | null => {
  for (const [i, spec] of step.onTrip.entries()) {
    const act = actKey(step.id, 'trip', (trips - 1) * actsPerTrip + i);
    const progress = advanceAct(state, actPolicy(act, spec), now);
    if (progress.is === 'busy') return progress.decisions;
  }
  return null;
};
