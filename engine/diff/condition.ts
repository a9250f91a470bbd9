/** The `when` of a step, before and after: what may now be skipped that was not. */
import type { LeftOut, PlanStep } from '../plan.ts';
import type { Danger } from './change.ts';
import { canonical, compareConditions, type Rename } from './expressions.ts';
import type { Found } from './found.ts';

/** A step that changes nothing, and decides nothing, is missed less. */
const dangerOf = (step: PlanStep): Danger => (step.kind === 'wait' ? 'medium' : 'high');

export const compareWhen = (was: PlanStep, is: PlanStep, found: Found, rename: Rename): void => {
  const [before, after] = [was.when, is.when];
  if (before === undefined && after === undefined) return;
  const add = (danger: Danger, reason: string) =>
    found.add('condition', danger, { what: 'when', before, after, reason });
  if (before === undefined) add(dangerOf(is), 'The step always ran, and may now be skipped');
  else if (after === undefined) add('medium', 'The step could be skipped, and now always runs');
  else if (canonical(before, rename) !== canonical(after)) {
    const strength = compareConditions(before, after, rename);
    if (strength === 'weaker') add('medium', 'The step now also runs where it was skipped');
    else if (strength === 'stronger') add(dangerOf(is), 'The step is now skipped where it ran');
    else add(dangerOf(is), 'The step may now be skipped where it ran, and run where it was skipped');
  }
};

/** A step of the plan that is still in the file, and no longer in the plan. */
export const nowLeftOut = (before: string, { when }: LeftOut, danger: Danger, found: Found): void =>
  found.add('condition', danger, {
    what: 'when',
    before,
    after: `left out: ${when}`,
    reason: 'The step is left out with these vars: what it did is no longer done',
  });
