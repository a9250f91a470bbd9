/** Spans, before and after: what may last how long, and what happens at the limit. */
import type { Plan, PlanSpan } from '../plan.ts';
import { span as length } from '../words/format.ts';
import { endsText } from '../words/span.ts';
import type { Around } from './call.ts';
import type { Found } from './found.ts';

const summary = (each: PlanSpan): string =>
  `${endsText(each)}, at most ${length(each.limitMs)}, then ${each.onBreach}`;

export const compareSpans = (was: Plan, is: Plan, found: Found, { rename }: Around): void => {
  const before = new Map((was.spans ?? []).map((each) => [each.id, each]));
  for (const [id, old] of before) {
    const now = is.spans?.find((each) => each.id === id);
    if (now) compareOne(old, now, found, rename);
    else
      found.add('span', 'high', {
        what: `spans.${id} dropped`,
        before: summary(old),
        reason: 'Nothing counts this time any more, and no limit stops the run',
      });
  }
  for (const now of is.spans ?? [])
    if (!before.has(now.id))
      found.add('span', 'low', {
        what: `spans.${now.id} added`,
        after: summary(now),
        reason: 'One more time is counted against a limit',
      });
};

const compareOne = (was: PlanSpan, is: PlanSpan, found: Found, rename: Around['rename']): void => {
  const what = (key: string): string => `spans.${is.id}.${key}`;
  if (was.limitMs !== is.limitMs) {
    const raised = is.limitMs > was.limitMs;
    found.add('span', raised ? 'high' : 'low', {
      what: what('limit'),
      before: length(was.limitMs),
      after: length(is.limitMs),
      reason: raised ? 'It may last longer than was agreed' : 'It may last less long than before',
    });
  }
  if (was.onBreach !== is.onBreach)
    found.add('span', is.onBreach === 'notify' ? 'high' : 'low', {
      what: what('on_breach'),
      before: was.onBreach,
      after: is.onBreach,
      reason:
        is.onBreach === 'notify'
          ? 'At the limit the run goes on, and nobody is asked'
          : 'At the limit the run is held, and a person is asked',
    });
  for (const key of ['from', 'to'] as const) {
    const [old, now] = [was[key].map(rename), is[key]];
    if (old.join() === now.join()) continue;
    found.add('span', 'high', {
      what: what(key),
      before: was[key].join(', '),
      after: now.join(', '),
      reason: `It counts another time: it ${key === 'from' ? 'begins' : 'ends'} with other steps`,
    });
  }
  if (was.name !== is.name)
    found.add('text', 'none', {
      what: what('name'),
      before: was.name,
      after: is.name,
      reason: 'Only what people read',
    });
};
