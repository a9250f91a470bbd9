/** What will happen by itself in a story, and what of it comes first. */
import type { Decision, MaskedCommand } from '../decide/decisions.ts';
import type { RunState } from '../decide/state.ts';
import type { Outcome } from './act-outcome.ts';

/** Plain and never changed: forks share it. */
export type Due = { readonly at: number } & (
  | { readonly kind: 'finish'; readonly act: Extract<Decision, { do: 'act' }>; readonly outcome: Outcome }
  | { readonly kind: 'say'; readonly command: MaskedCommand }
  | { readonly kind: 'session' }
);

export const firstDue = (queue: readonly Due[]): Due | undefined =>
  queue.reduce<Due | undefined>((first, due) => (first && first.at <= due.at ? first : due), undefined);

/** Id and instant of the timer that ends first. */
export const firstTimer = ({ timers }: RunState): { readonly id: string; readonly until: number } | null => {
  let first: { id: string; until: number } | null = null;
  for (const [id, { until, ended }] of Object.entries(timers))
    if (!ended && (first === null || until < first.until)) first = { id, until };
  return first;
};
