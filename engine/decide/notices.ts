/** Which events of a run people are told of. What was told is journaled, so a later session tells the rest. */
import type { Plan, PlanNotify, TellEvent } from '../plan.ts';
import type { Event, Recorded } from './events.ts';

export interface Notice {
  readonly notify: PlanNotify;
  /** The event as it is named under `on`, or the id of a step. */
  readonly on: string;
  readonly event: Recorded;
}

/** People are asked: what decides alone is only told once it is decided. */
const asks = (plan: Plan, e: Extract<Event, { type: 'gate-opened' }>): boolean => {
  const gate = plan.steps[e.step];
  return (
    gate?.kind === 'gate' && gate.prompt !== null && e.unmet.length === 0 && e.criteria.every((c) => c.holds)
  );
};

const eventOf = (plan: Plan, e: Event): TellEvent | null => {
  switch (e.type) {
    case 'session-started':
      return 'start';
    case 'run-held':
      return 'hold';
    case 'gate-opened':
      return asks(plan, e) ? 'gate' : null;
    case 'gate-settled':
    case 'checklist-opened':
      return 'gate';
    case 'rollback-started':
      return 'rollback';
    case 'line-crossed':
      return 'line';
    case 'watch-tripped':
      return 'trip';
    case 'span-breached':
      return 'breach';
    case 'run-settled':
      return 'end';
    default:
      return null;
  }
};

const stepOf = (e: Event): string | null =>
  e.type === 'step-started' || e.type === 'step-settled' ? e.step : null;

export const noticesOf = (plan: Plan, event: Recorded): readonly Notice[] => {
  if (!plan.notify) return [];
  const [named, step] = [eventOf(plan, event), stepOf(event)];
  return plan.notify.flatMap((notify): readonly Notice[] => {
    if (named !== null && notify.on.includes(named)) return [{ notify, on: named, event }];
    return step !== null && notify.steps.includes(step) ? [{ notify, on: step, event }] : [];
  });
};

/** The same for every attempt, in every session. */
export const noticeKey = (notify: string, seq: number): string => `${notify}#${seq}`;

/** Those that nothing is journaled of. */
export const pendingNotices = (plan: Plan, events: readonly Recorded[]): readonly Notice[] => {
  if (!plan.notify) return [];
  const told = new Set<string>();
  /** Known before the runbook was changed last. */
  const known = new Set<string>();
  let amendedAt = 0;
  for (const event of events) {
    if (event.type === 'told') told.add(noticeKey(event.notify, event.of));
    if (event.type !== 'plan-amended') continue;
    amendedAt = event.seq;
    for (const e of events) if (e.type === 'told' && e.seq < event.seq) known.add(e.notify);
  }
  return events
    .flatMap((event) => noticesOf(plan, event))
    .filter(({ notify, event }) => {
      // Whoever was added later is not told of what was before.
      if (event.seq < amendedAt && !known.has(notify.id)) return false;
      return !told.has(noticeKey(notify.id, event.seq));
    });
};
