/** A watch and a checklist, before and after. */
import type { PlanAct, PlanChecklist, PlanWatch } from '../plan.ts';
import { offset, span } from '../words/format.ts';
import { compareOnFailure } from './act-step.ts';
import { type Around, callText, compareCalls } from './call.ts';
import type { Danger } from './change.ts';
import { compareLists } from './checks.ts';
import { compareConditions, inverted, type Strength } from './expressions.ts';
import type { Found } from './found.ts';

export const compareWatches = (was: PlanWatch, is: PlanWatch, found: Found, around: Around): void => {
  compareCalls(was.measure, is.measure, { kind: 'watch', label: 'measure' }, found, around);
  condition('success_condition', was.success, is.success, (strength) => strength, found, around);
  condition('failure_condition', was.failure, is.failure, inverted, found, around);
  compareTerms(was, is, found);
  if (
    was.samples !== is.samples &&
    (was.samples === null ||
      is.samples === null ||
      compareConditions(was.samples, is.samples, around.rename) !== 'same')
  )
    found.add('watch', 'medium', {
      what: 'samples',
      before: was.samples ?? undefined,
      after: is.samples ?? undefined,
      reason: 'Other measurements count as having too few samples',
    });
  compareLists(
    was.onTrip,
    is.onTrip,
    {
      kind: 'watch',
      name: 'on_trip',
      dropped: ['high', 'This is no longer done when the watch trips'],
      added: ['low', 'More is done when the watch trips'],
    },
    found,
    around,
  );
  compareOnFailure(was.onFailure, is.onFailure, found);
};

const reasons: Record<Exclude<Strength, 'same'>, readonly [Danger, string]> = {
  weaker: ['high', 'Fewer measurements count as bad'],
  stronger: ['low', 'More measurements count as bad'],
  other: ['medium', 'Other measurements count as bad; it may demand less'],
};

const condition = (
  what: string,
  was: string | null,
  is: string | null,
  turn: (strength: Strength) => Strength,
  found: Found,
  { rename }: Around,
): void => {
  if (was === null && is === null) return;
  // One that is gone judges nothing any more, whichever way it judged.
  const strength: Strength =
    is === null ? 'weaker' : was === null ? 'stronger' : turn(compareConditions(was, is, rename));
  if (strength === 'same') return;
  const [danger, reason] = reasons[strength];
  found.add('watch', danger, { what, before: was ?? undefined, after: is ?? undefined, reason });
};

const compareTerms = (was: PlanWatch, is: PlanWatch, found: Found): void => {
  const more = (
    what: string,
    before: number,
    after: number,
    higher: string,
    lower: string,
    danger: Danger = 'high',
  ) => {
    if (before === after) return;
    found.add('watch', after > before ? danger : 'low', {
      what,
      before,
      after,
      reason: after > before ? higher : lower,
    });
  };
  const tolerates = 'More bad measurements are tolerated before it trips';
  const stricter = 'It trips sooner';
  more('failure_limit', was.failureLimit, is.failureLimit, tolerates, stricter);
  more(
    'inconclusive_limit',
    was.inconclusiveLimit,
    is.inconclusiveLimit,
    'More measurements that say nothing are tolerated',
    stricter,
  );
  more(
    'consecutive_error_limit',
    was.consecutiveErrorLimit,
    is.consecutiveErrorLimit,
    'More measurements that fail are tolerated',
    stricter,
  );
  more(
    'min_samples',
    was.minSamples,
    is.minSamples,
    'More measurements count as having too few samples',
    'It judges by fewer samples',
    'medium',
  );
  const time = (what: string, before: number, after: number, longer: string, shorter: string) => {
    if (before === after) return;
    found.add('watch', after > before ? 'medium' : 'low', {
      what,
      before: span(before),
      after: span(after),
      reason: after > before ? longer : shorter,
    });
  };
  time('interval', was.intervalMs, is.intervalMs, 'A failure is noticed later', 'It measures more often');
  time(
    'initial_delay',
    was.initialDelayMs,
    is.initialDelayMs,
    'Nothing is measured for longer',
    'It measures sooner',
  );
  if (was.noData !== is.noData)
    found.add('watch', is.noData === 'inconclusive' ? 'high' : 'low', {
      what: 'no_data',
      before: was.noData,
      after: is.noData,
      reason:
        is.noData === 'inconclusive'
          ? 'A measurement without data is no longer bad'
          : 'A measurement without data is bad now',
    });
  if (was.pauses !== is.pauses)
    found.add('watch', is.pauses ? 'low' : 'high', {
      what: 'pauses',
      before: was.pauses,
      after: is.pauses,
      reason: is.pauses ? 'Steps are paused when it trips' : 'Steps go on while people decide after a trip',
    });
  if (was.count !== is.count) {
    const fewer = is.count !== null && (was.count === null || is.count < was.count);
    found.add('watch', fewer ? 'medium' : 'low', {
      what: 'count',
      before: was.count ?? undefined,
      after: is.count ?? undefined,
      reason: fewer ? 'It measures fewer times' : 'It measures more often',
    });
  }
  if (was.untilMs !== is.untilMs) {
    const shorter = is.untilMs !== null && (was.untilMs === null || is.untilMs < was.untilMs);
    found.add('watch', shorter ? 'medium' : 'low', {
      what: 'background.until',
      before: was.untilMs === null ? undefined : offset(was.untilMs),
      after: is.untilMs === null ? undefined : offset(is.untilMs),
      reason: shorter ? 'It watches for less time' : 'It watches for longer',
    });
  }
};

export const compareChecklists = (
  was: PlanChecklist,
  is: PlanChecklist,
  found: Found,
  around: Around,
): void => {
  const after = new Map(is.items.map((item) => [item.id, item]));
  const before = new Map(was.items.map((item) => [item.id, item]));
  for (const item of was.items)
    if (!after.has(item.id))
      found.add('checklist', 'high', {
        what: `item ${item.id} dropped`,
        before: item.say,
        reason: 'Nobody checks this any more',
      });
  for (const item of is.items) {
    const old = before.get(item.id);
    if (!old) {
      found.add('checklist', 'low', {
        what: `item ${item.id} added`,
        after: item.say,
        reason: 'More is checked',
      });
      continue;
    }
    if (old.say !== item.say)
      found.add('checklist', item.check ? 'none' : 'low', {
        what: `item ${item.id}`,
        before: old.say,
        after: item.say,
        reason: item.check ? 'Only what people read' : 'People are asked something else',
      });
    compareItems(item.id, old.check, item.check, found, around);
  }
  for (const id of was.approvers)
    if (!is.approvers.includes(id))
      found.add('checklist', 'high', {
        what: `approver ${id} dropped`,
        before: was.approvers.join(', '),
        after: is.approvers.join(', '),
        reason: `"${id}" does not answer any more`,
      });
  for (const id of is.approvers)
    if (!was.approvers.includes(id))
      found.add('checklist', 'medium', {
        what: `approver ${id} added`,
        before: was.approvers.join(', '),
        after: is.approvers.join(', '),
        reason: `"${id}" can let items pass now`,
      });
  if (was.timeoutMs !== is.timeoutMs)
    found.add('checklist', is.timeoutMs === null ? 'medium' : 'low', {
      what: 'timeout',
      before: was.timeoutMs === null ? 'no limit' : span(was.timeoutMs),
      after: is.timeoutMs === null ? 'no limit' : span(is.timeoutMs),
      reason: 'People have another time to answer',
    });
  compareOnFailure(was.onFailure, is.onFailure, found);
};

const compareItems = (
  id: string,
  was: PlanAct | null,
  is: PlanAct | null,
  found: Found,
  around: Around,
): void => {
  if (was && is) compareCalls(was, is, { kind: 'checklist', label: `item ${id}` }, found, around);
  else if (was)
    found.add('checklist', 'medium', {
      what: `item ${id}: check dropped`,
      before: callText(was),
      reason: 'A person decides it now, and nothing is measured',
    });
  else if (is)
    found.add('checklist', 'medium', {
      what: `item ${id}: check added`,
      after: callText(is),
      reason: 'It is measured now, and no person decides it',
    });
};
