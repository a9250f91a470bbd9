/** The point of no return, before and after. */
import { lineOf } from '../decide/queries.ts';
import type { Plan, PlanLine } from '../plan.ts';
import { type Around, callText, compareCalls } from './call.ts';
import type { Found } from './found.ts';
import { placesOf } from './order.ts';

export const compareLines = (before: Plan, after: Plan, found: Found, around: Around): void => {
  const [was, is] = [lineOf(before), lineOf(after)];
  if (!was && !is) return;
  const what = 'point_of_no_return';
  if (!is) {
    if (was)
      found.add('no-return', 'high', {
        what: `${what} removed`,
        before: placeText(was),
        reason: 'A rollback is offered to the end, also where it would lose what happened since',
      });
    return;
  }
  if (!was) {
    found.add('no-return', 'medium', {
      what: `${what} added`,
      after: placeText(is),
      reason: 'A rollback is refused from there on',
    });
    return;
  }
  if (around.rename(was.act) !== is.act) {
    const place = placesOf(after).get(around.rename(was.act));
    const later = place !== undefined && !place.afterNoReturn;
    found.add('no-return', 'high', {
      what: `${what} moved`,
      before: placeText(was),
      after: placeText(is),
      reason: later
        ? `A rollback is still offered after "${around.rename(was.act)}", which was the point of no return`
        : 'A rollback is refused from an earlier step on',
    });
  } else if (around.rename(was.gate) !== is.gate)
    found.add('no-return', 'high', {
      what: `${what}: gate`,
      before: was.gate,
      after: is.gate,
      reason: 'Another gate opens the point of no return',
    });
  compareFix(was, is, found);
  if (was.wouldLose && is.wouldLose)
    compareCalls(was.wouldLose, is.wouldLose, { kind: 'no-return', label: 'would_lose' }, found, around);
  else if (was.wouldLose || is.wouldLose)
    found.add('no-return', is.wouldLose ? 'low' : 'medium', {
      what: 'would_lose',
      before: was.wouldLose ? callText(was.wouldLose) : undefined,
      after: is.wouldLose ? callText(is.wouldLose) : undefined,
      reason: is.wouldLose
        ? 'It is shown what a rollback would lose'
        : 'It is no longer shown what a rollback would lose',
    });
};

const placeText = ({ gate, act }: PlanLine): string => `between ${gate} and ${act}`;

const compareFix = (was: PlanLine, is: PlanLine, found: Found): void => {
  const [before, after] = [was.forwardFix, is.forwardFix];
  if (before.text === after.text) return;
  const shorter = after.text.trim().length < before.text.trim().length / 2;
  found.add('forward-fix', shorter ? 'medium' : 'low', {
    what: `forward_fix ${after.path}`,
    before: before.text,
    after: after.text,
    reason: shorter
      ? 'Most of what people read when a rollback is refused is gone'
      : 'People read other instructions when a rollback is refused',
  });
};
