/** The place where acts run: reported once, and as a warning when it has changed. */
import type { Event } from '../decide/events.ts';
import { isSamePlace, placeAsOf, whatDiffers } from '../decide/place.ts';
import type { RunState } from '../decide/state.ts';
import type { Plan } from '../plan.ts';
import type { Sentence } from './sentence.ts';

type PlaceKnown = Extract<Event, { type: 'place-known' }>;

export const wordPlace = (e: PlaceKnown & { readonly seq: number }, _: Plan, state: RunState): Sentence => {
  const text = `${e.place} is ${e.user}@${e.host}`;
  const was = placeAsOf(state, e.place, e.seq);
  if (!was) return { tone: 'dim', text };
  if (isSamePlace(was, e)) return { tone: 'dim', text: `${text}, restarted since it was last used` };
  return {
    tone: 'bad',
    text: `${e.place} is a different machine or user than before: ${whatDiffers(e.place, was, e)}`,
    more: ['Traces of earlier attempts cannot be found there. Further acts run there anyway.'],
  };
};
