import { expect, test } from 'vitest';
import { faultsOf } from '../../../engine/what-if/faults.ts';
import { samplePairs } from '../../../engine/what-if/pairs.ts';
import { actStep, gateStep, plan } from '../../support/plan-builder.ts';

const faults = faultsOf(plan([actStep('a'), gateStep('go'), actStep('b')]));

const ids = (seed: number, most: number) =>
  samplePairs(faults, most, seed).sampled.map((pair) => pair.map(({ id }) => id).join('+'));

test('all pairs where they are few: never two at the same point, never two that only a rollback leads to', () => {
  const { sampled, of } = samplePairs(faults, 1_000_000, 1);
  expect(sampled).toHaveLength(of);
  expect(new Set(ids(1, of)).size).toBe(of);
  expect(sampled.filter(([a, b]) => a.at === b.at || (a.second && b.second))).toEqual([]);
  expect(ids(1, of)).toContain('a:fails+a.undo.1:fails');
});

test('a sample is the same for the same seed, and another one for another', () => {
  expect(ids(1, 20)).toEqual(ids(1, 20));
  expect(ids(1, 20)).not.toEqual(ids(2, 20));
  expect(new Set(ids(1, 20)).size).toBe(20);
});
