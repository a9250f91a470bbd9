/** The lock of a run, for whoever takes it, and whoever is refused. */
import type { Event } from '../decide/events.ts';
import type { LockHolder } from '../decide/lock-events.ts';
import type { LockState, RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import { instant, span, timeOfDay } from './format.ts';
import type { Sentence } from './sentence.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }> & { at: number };

/** `run 20261128-1800-ab12 of switchover (prod), by ops@desk since 2026-11-28 18:00:05+01:00: planned switchover` */
export const holderText = ({ run, runbook, environment, user, host, since, reason }: LockHolder): string => {
  const of = `run ${run} of ${runbook}${environment === undefined ? '' : ` (${environment})`}`;
  return `${of}, by ${user}@${host} since ${instant(since)}${reason === undefined ? '' : `: ${reason}`}`;
};

const named = ({ lock, place }: { readonly lock: string; readonly place: string }): string =>
  `lock ${lock} on ${place}`;

export const wordLock = {
  'lock-taken': (e: Of<'lock-taken'>): Sentence =>
    e.from
      ? {
          tone: 'warn',
          text: `${named(e)} taken over: its engine gave no sign of life in time`,
          more: [`it was held by ${holderText(e.from)}`],
        }
      : { tone: 'dim', text: `${named(e)} taken` },
  'lock-refused': (e: Of<'lock-refused'>): Sentence => ({ tone: 'bad', text: `${named(e)}: ${e.why}` }),
  'lock-lost': (e: Of<'lock-lost'>): Sentence => ({ tone: 'bad', text: `lock ${e.lock} is lost: ${e.why}` }),
  'lock-given-back': (e: Of<'lock-given-back'>): Sentence => {
    if (e.left !== undefined) return { tone: 'warn', text: `${named(e)} could not be given back: ${e.left}` };
    const by =
      e.by === undefined ? '' : ` by hand, by ${e.by}${e.reason === undefined ? '' : `: ${e.reason}`}`;
    return { tone: e.by === undefined ? 'dim' : 'warn', text: `${named(e)} given back${by}` };
  },
} satisfies { [type: string]: (e: never, plan: Plan, state: RunState) => Sentence };

/** Of a run that has asked for one, in a line. */
export const lockText = (lock: LockState): string => {
  const name = `lock ${lock.name} on ${lock.runOn}`;
  if (lock.lost !== null) return `${name}: ${lock.lost}`;
  if (lock.left !== null) return `${name}: could not be given back: ${lock.left}`;
  if (lock.givenBackAt !== null)
    return `${name}: given back ${timeOfDay(lock.givenBackAt)}${lock.givenBackBy === null ? '' : ` by ${lock.givenBackBy}`}`;
  return `${name}: held since ${lock.takenAt === null ? 'the start' : timeOfDay(lock.takenAt)} (ttl ${span(lock.ttlMs)})`;
};
