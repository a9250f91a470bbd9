import type { Plan } from '../plan.ts';
import type { Decision } from './decisions.ts';
import type { Event } from './events.ts';

/** Decisions that the runtime must carry out before there is an event. */
export type Errand = Extract<
  Decision,
  {
    do:
      | 'act'
      | 'probe'
      | 'stop-act'
      | 'pause-act'
      | 'measure'
      | 'open-gate'
      | 'check-condition'
      | 'take-lock'
      | 'give-back-lock';
  }
>;

const errands = {
  act: true,
  probe: true,
  'stop-act': true,
  'pause-act': true,
  measure: true,
  'open-gate': true,
  'take-lock': true,
  'give-back-lock': true,
  'check-condition': true,
} satisfies Record<Errand['do'], true>;

export const isErrand = (d: Decision): d is Errand => Object.hasOwn(errands, d.do);

/** After it, a no-go or a rollback is too late or more expensive. */
export const endsVetoes = (plan: Plan, d: Decision): boolean =>
  (d.do === 'settle-gate' && d.verdict === 'go') ||
  (d.do === 'settle-step' && d.state === 'succeeded' && plan.steps[d.step]?.kind === 'checklist') ||
  (d.do === 'act' && d.crossesLine);

/** A decision that is carried out by recording it. */
export const recordOf = (d: Exclude<Decision, Errand>): readonly Event[] => {
  switch (d.do) {
    case 'start-step':
      return [{ type: 'step-started', step: d.step, plannedAt: d.plannedAt }];
    case 'arm-timer':
      return [{ type: 'timer-set', timer: d.timer, until: d.until }];
    case 'settle-gate': {
      const { step, round, verdict, validUntil } = d;
      return [{ type: 'gate-settled', step, round, verdict, validUntil }];
    }
    case 'trip-watch':
      return [{ type: 'watch-tripped', step: d.step, trip: d.trip, as: d.as, message: d.message }];
    case 'open-checklist':
      return [{ type: 'checklist-opened', step: d.step, round: d.round, asks: d.asks }];
    case 'check-item': {
      const { step, item, passed, reason } = d;
      return [{ type: 'item-checked', step, item, passed, by: null, user: null, reason }];
    }
    case 'settle-step': {
      const reason = d.reason === null ? {} : { reason: d.reason };
      const because = d.because && { because: d.because };
      return [{ type: 'step-settled', step: d.step, state: d.state, ...reason, ...because }];
    }
    case 'note-span':
      return [d.event];
    case 'roll-back':
      return [{ type: 'rollback-started', reason: d.reason, by: d.by, owed: d.owed }];
    case 'hold': {
      const { cause, step, act, message, choices } = d;
      const remedy = d.remedy === null ? {} : { remedy: d.remedy };
      return [{ type: 'run-held', hold: d.id, cause, step, act, message, choices, ...remedy }];
    }
    case 'finish':
      return d.result === 'rolled_back'
        ? [{ type: 'rollback-settled' }, { type: 'run-settled', result: d.result }]
        : [{ type: 'run-settled', result: d.result }];
  }
};
