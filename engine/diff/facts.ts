/** Facts and invariants, before and after: what what-if proves. */
import type { Plan, PlanInvariant } from '../plan.ts';
import { canonical, compareConditions } from './expressions.ts';
import type { Found } from './found.ts';

export const compareFacts = (was: Plan, is: Plan, found: Found): void => {
  const [before, after] = [was.facts ?? {}, is.facts ?? {}];
  for (const fact of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (before[fact] !== after[fact])
      found.add('fact', before[fact] === undefined ? 'low' : 'medium', {
        what: `facts.${fact}`,
        before: before[fact],
        after: after[fact],
        reason: 'What-if starts from something else',
      });
  compareInvariants(was.invariants ?? [], is.invariants ?? [], found);
};

const compareInvariants = (
  was: readonly PlanInvariant[],
  is: readonly PlanInvariant[],
  found: Found,
): void => {
  const byName = new Map(is.map((each) => [each.name, each]));
  const known = new Set(was.map(({ name }) => name));
  const fresh = is.filter(({ name }) => !known.has(name));
  const byThat = new Map(fresh.map((each) => [canonical(each.that), each]));
  const taken = new Set<string>();
  for (const old of was) {
    const now = byName.get(old.name) ?? byThat.get(canonical(old.that));
    if (now) {
      taken.add(now.name);
      compareOne(old, now, found);
    } else
      found.add('invariant', 'high', {
        what: `"${old.name}" dropped`,
        before: old.that,
        reason: 'What-if no longer proves this',
      });
  }
  for (const now of fresh)
    if (!taken.has(now.name))
      found.add('invariant', 'low', {
        what: `"${now.name}" added`,
        after: now.that,
        reason: 'What-if proves more than before',
      });
};

const compareOne = (was: PlanInvariant, is: PlanInvariant, found: Found): void => {
  const what = `"${is.name}"`;
  if (was.name !== is.name || was.message !== is.message)
    found.add('text', 'none', {
      what: `invariant ${what}`,
      before: was.name === is.name ? (was.message ?? undefined) : was.name,
      after: was.name === is.name ? (is.message ?? undefined) : is.name,
      reason: 'Only what people read',
    });
  const strength = compareConditions(was.that, is.that);
  if (strength !== 'same')
    found.add('invariant', strength === 'weaker' ? 'high' : strength === 'stronger' ? 'low' : 'medium', {
      what,
      before: was.that,
      after: is.that,
      reason:
        strength === 'weaker'
          ? 'What-if proves less than before'
          : strength === 'stronger'
            ? 'What-if proves more than before'
            : 'What-if proves something else; it may demand less',
    });
  if (was.when !== is.when)
    found.add('invariant', is.when === 'end' ? 'high' : 'low', {
      what: `${what}: when`,
      before: was.when,
      after: is.when,
      reason:
        is.when === 'end'
          ? 'It may be broken in the middle of a run now'
          : 'It has to be true all the time now',
    });
};
