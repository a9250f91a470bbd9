/** Whether a list of events is one that the core decided, answered by a world and by people: asked event by event. */
import { isDeepStrictEqual } from 'node:util';
import { decide } from '../../engine/decide/decide.ts';
import type { Decision } from '../../engine/decide/decisions.ts';
import type { Recorded } from '../../engine/decide/events.ts';
import { apply, initialState } from '../../engine/decide/fold.ts';
import { openGates, openItems } from '../../engine/decide/queries.ts';
import { isErrand, recordOf } from '../../engine/decide/record.ts';
import type { RunState } from '../../engine/decide/state.ts';
import type { Plan } from '../../engine/plan.ts';
import { check } from './invariants.ts';

/** Throws at the first event that nothing asked for; returns the state that the events lead to. */
export const checkJustified = (plan: Plan, events: readonly Recorded[]): RunState => {
  const state = initialState();
  for (const event of events) {
    const decisions = decide(plan, state, event.at);
    if (!isJustified(event, decisions, plan, state))
      throw new Error(`nothing asked for ${JSON.stringify(event)} among ${JSON.stringify(decisions)}`);
    check({ plan, state, living: new Set(), applied: new Set(), now: event.at }, event);
    apply(state, event);
  }
  return state;
};

const recorded = (decisions: readonly Decision[], { seq: _, at: __, ...event }: Recorded): boolean =>
  decisions.some((d) => !isErrand(d) && recordOf(d).some((made) => isDeepStrictEqual(made, event)));

const isJustified = (e: Recorded, decisions: readonly Decision[], plan: Plan, state: RunState): boolean => {
  const wants = (what: (d: Decision) => boolean) => decisions.some(what);
  switch (e.type) {
    case 'run-created':
    case 'session-started':
    case 'clock-set':
      return true;
    case 'act-started':
      return wants((d) => d.do === 'act' && d.act === e.act && d.attempt === e.attempt && !d.attach);
    case 'line-crossed':
      return wants((d) => d.do === 'act' && d.act === e.act && d.crossesLine);
    case 'act-finished': {
      const attempt = state.acts[e.act]?.attempts.find(({ n }) => n === e.attempt);
      const ended = wants((d) => d.do === 'stop-act' && d.act === e.act && d.attempt === e.attempt);
      return ended || (attempt?.result === null && attempt.session === state.session?.n);
    }
    case 'act-probed':
      return wants((d) => d.do === 'probe' && d.act === e.act && d.attempt === e.attempt);
    case 'gate-opened':
      return wants((d) => d.do === 'open-gate' && d.step === e.step && d.round === e.round);
    case 'condition-checked':
      return wants((d) => d.do === 'check-condition' && d.step === e.step);
    case 'lock-taken':
    case 'lock-refused':
      return wants((d) => d.do === 'take-lock' && d.lock === e.lock && d.place === e.place);
    case 'lock-given-back':
      return wants((d) => d.do === 'give-back-lock' && d.lock === e.lock && d.place === e.place);
    case 'watch-measured':
      return wants((d) => d.do === 'measure' && d.step === e.step && d.n === e.n);
    case 'timer-ended':
      return (state.timers[e.timer]?.until ?? Number.POSITIVE_INFINITY) <= e.at;
    case 'gate-answered':
      return openGates(plan, state).includes(e.step);
    case 'hold-resolved':
      return state.hold?.id === e.hold && state.hold.choices.includes(e.choice);
    case 'item-checked':
      return e.by === null
        ? recorded(decisions, e)
        : openItems(plan, state).some(({ step, item }) => step.id === e.step && item.id === e.item);
    case 'rollback-started':
      // After a person's choice it follows the end of the hold.
      return e.by !== null || recorded(decisions, e);
    case 'rollback-settled':
    case 'run-settled':
      return wants((d) => d.do === 'finish');
    default:
      return recorded(decisions, e);
  }
};
