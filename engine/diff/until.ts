/** What a read waits for, before and after. */
import type { PlanUntil } from '../plan.ts';
import { span } from '../words/format.ts';
import type { Danger } from './change.ts';
import { compareConditions, type Rename } from './expressions.ts';
import type { Found } from './found.ts';

/** Waiting in vain fails the step: without it, the first answer is good enough. */
export const compareUntil = (
  a: PlanUntil | undefined,
  b: PlanUntil | undefined,
  label: (what: string) => string,
  found: Found,
  rename: Rename,
): void => {
  const tell = (
    what: string,
    danger: Danger,
    before: string | undefined,
    after: string | undefined,
    reason: string,
  ) => found.add('expectation', danger, { what: label(what), before, after, reason });
  if (!b) {
    if (a)
      tell('until', 'high', a.expr, undefined, 'It no longer waits until this is true: any answer is enough');
    return;
  }
  if (!a) {
    tell('until', 'low', undefined, b.expr, 'It waits until this is true, and fails if it is not in time');
    return;
  }
  const strength = compareConditions(a.expr, b.expr, rename);
  if (strength !== 'same') {
    const words = {
      weaker: ['high', 'It waits for less than before'],
      stronger: ['low', 'It waits for more than before'],
      other: ['medium', 'It waits for something else, which may be less'],
    } as const;
    const [danger, reason] = words[strength];
    tell('until', danger, a.expr, b.expr, reason);
  }
  if (a.forMs !== b.forMs)
    tell(
      'for',
      'low',
      span(a.forMs),
      span(b.forMs),
      b.forMs > a.forMs ? 'It fails later' : 'It fails sooner',
    );
  if (a.everyMs !== b.everyMs)
    tell('every', 'low', span(a.everyMs), span(b.everyMs), 'Only the time between two reads changes');
};
