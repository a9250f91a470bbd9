/** The `when` of a step in words. */
import type { Event } from '../decide/events.ts';
import type { Plan } from '../plan.ts';
import type { Sentence } from './sentence.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** False: its end is told right after it. */
export const wordCondition = (e: Of<'condition-checked'>, plan: Plan): Sentence | null => {
  const step = plan.steps[e.step];
  const when = step?.whenAsWritten ?? step?.when ?? '';
  if (e.error !== undefined)
    return { tone: 'bad', text: `${e.step}: its when cannot be evaluated: ${e.error}`, more: [when] };
  return e.holds ? { tone: 'dim', text: `${e.step}: its when is true: ${when}` } : null;
};

export const wordSkippedByCondition = ({ step, reason }: Of<'step-settled'>): Sentence => ({
  tone: 'dim',
  text: `${step} skipped (condition)${reason ? `: ${reason}` : ''}`,
});
