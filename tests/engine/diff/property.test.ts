import { expect, test } from 'vitest';
import { worstOf } from '../../../engine/diff/change.ts';
import { diffPlans } from '../../../engine/diff/diff.ts';
import { diffTimes } from '../../../engine/diff/times.ts';
import { plans } from '../../simulation/plans.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fc } from '../../support/property.ts';

test('a plan does not differ from itself, in whatever order its members stand', () => {
  fc.assert(
    fc.property(plans, (one) => {
      const copy = JSON.parse(JSON.stringify(one, Object.keys(flat(one)).sort().reverse()));
      const { changes, match } = diffPlans(one, copy);
      expect(changes).toEqual([]);
      expect(diffTimes(one, copy, match)).toMatchObject({ steps: [], changes: [] });
    }),
    { numRuns: 200 },
  );
});

/** All keys of a value, as a replacer of JSON.stringify wants them. */
const flat = (value: unknown, keys: Record<string, true> = {}): Record<string, true> => {
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      keys[key] = true;
      flat(inner, keys);
    }
  return keys;
};

test('any two plans can be compared, and each step has one place in the answer', () => {
  fc.assert(
    fc.property(plans, plans, (before, after) => {
      const { changes, match } = diffPlans(before, after);
      diffTimes(before, after, match);
      expect(new Set(match.pairs.values()).size).toBe(match.pairs.size);
      expect(match.pairs.size + match.removed.length).toBe(Object.keys(before.steps).length);
      expect(match.pairs.size + match.added.length).toBe(Object.keys(after.steps).length);
      expect(changes.every(({ reason }) => reason !== '' && !reason.endsWith('.'))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('ten thousand steps, of which each has another id and some another input', () => {
  const many = (prefix: string) =>
    plan(
      Array.from({ length: 10_000 }, (_, i) =>
        actStep(`${prefix}${i}`, {
          act: planAct({ with: { run: `work on ${i}`, cwd: i % 7 === 0 ? `/${prefix}` : '/srv' } }),
        }),
      ),
    );
  const began = performance.now();
  const { changes } = diffPlans(many('a'), many('b'));
  expect(worstOf(changes)).toBe('medium');
  expect(changes.filter(({ kind }) => kind === 'step-added')).toEqual([]);
  // About two seconds; what grows with the square of the steps would take minutes.
  expect(performance.now() - began).toBeLessThan(30_000);
});
