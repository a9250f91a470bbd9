/** Long values, cut so that their difference stays in sight. */

import type { Change } from './change.ts';

/** Of one value, where space is short. */
const MOST = 1000;
/** Of what is equal before the difference, for the reader to find the place. */
const LEAD = 100;

export const shortened = (value: string): string =>
  value.length <= MOST ? value : `${value.slice(0, MOST)}… (${value.length - MOST} more characters)`;

/** From shortly before the first difference on. */
const shortenedBoth = (before: string, after: string): readonly [string, string] => {
  if (before.length <= MOST && after.length <= MOST) return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = Math.max(0, same - LEAD);
  const cut = (value: string) => shortened(`${from > 0 ? '…' : ''}${value.slice(from)}`);
  return [cut(before), cut(after)];
};

export const shortenedChange = ({
  before,
  after,
  reason,
}: Change): { readonly before: string | null; readonly after: string | null; readonly reason: string } => {
  const [was, is] =
    before !== null && after !== null
      ? shortenedBoth(before, after)
      : [before && shortened(before), after && shortened(after)];
  return { before: was, after: is, reason: shortened(reason) };
};
