import { expect, test } from 'vitest';
import { canonical, compareConditions } from '../../../engine/diff/expressions.ts';

test.each([
  ["steps['a'].output.n == 0", 'steps.a.output.n==0'],
  ['x == "a"', "( x == 'a' )"],
  ['a && (b || c)', 'a&&(b||c)'],
  ['size(l) > 0', 'size( l ) > 0'],
])('%s means the same as %s', (one, other) => {
  expect(canonical(one)).toBe(canonical(other));
});

test.each([
  ['a - b', 'b - a'],
  ["x == 'a '", "x == 'a'"],
  ['a && b || c', 'a && (b || c)'],
  ['1', '1.0'],
])('%s does not mean the same as %s', (one, other) => {
  expect(canonical(one)).not.toBe(canonical(other));
});

test('the ids of renamed steps, and of nothing else', () => {
  const rename = (id: string) => (id === 'old' ? 'new' : id);
  expect(canonical("steps['old'].output.old == vars.old", rename)).toBe(
    canonical('steps.new.output.old == vars.old'),
  );
});

test.each([
  ['a && b', 'a', 'weaker'],
  ['a', 'a && b', 'stronger'],
  ['a', 'a || b', 'weaker'],
  ['a || b', 'b', 'stronger'],
  ['a && b', 'b && a', 'same'],
  ['n >= 620', 'n >= 600', 'weaker'],
  ['620 <= n', '600 <= n', 'weaker'],
  ['n > 5', 'n >= 5', 'weaker'],
  ['n <= 5', 'n < 5', 'stronger'],
  ['n < 3000', 'n < 30000', 'weaker'],
  ['n > -3', 'n > -4', 'weaker'],
  ['n == 620', 'n == 600', 'weaker'],
  ['n == 600', 'n == 620', 'other'],
  ['n == 620', 'n >= 600', 'weaker'],
  ['n == 620', 'n >= 700', 'other'],
  ['a && n >= 2', 'a && n >= 1', 'weaker'],
  ['a', 'true', 'weaker'],
  ['a', 'b', 'other'],
  ['n >= 1 && m >= 2', 'n >= 2 && m >= 1', 'other'],
  ['n >= 1', 'm >= 1', 'other'],
] as const)('from %s to %s: %s', (was, is, strength) => {
  expect(compareConditions(was, is)).toBe(strength);
});
