import { expect, test } from 'vitest';
import { baseEnvironment } from '../../../engine/expr/environment.ts';
import { ensuredBy, guardsOf } from '../../../engine/expr/guards.ts';

/** Whether `steps['x'].output` stands where x is sure to have run. */
const isGuarded = (expr: string): boolean => {
  const at = expr.indexOf("steps['x'].output");
  return guardsOf(baseEnvironment().parse(expr).ast).get(at)?.has('x') ?? false;
};

test.each([
  "steps['x'].ran && steps['x'].output.n == 0",
  "steps.x.ran && steps['x'].output.n == 0",
  "!steps['x'].ran || steps['x'].output.n == 0",
  "steps['x'].ran ? steps['x'].output.n : 0",
  "!steps['x'].ran ? 0 : steps['x'].output.n",
  "vars.a && steps['x'].ran && steps['x'].output.n == 0",
  "steps['x'].ran && (vars.a || steps['x'].output.n == 0)",
  "!(!steps['x'].ran || vars.a) && steps['x'].output.n == 0",
  "(steps['x'].ran && vars.a || steps['x'].ran && vars.b) && steps['x'].output.n == 0",
  "(vars.a ? steps['x'].ran : steps['x'].ran && vars.b) && steps['x'].output.n == 0",
  "steps['x'].ran && vars.list.all(i, i < steps['x'].output.n)",
  "vars.list.exists(i, steps['x'].ran && i < steps['x'].output.n)",
])('guarded: %s', (expr) => {
  expect(isGuarded(expr)).toBe(true);
});

test.each([
  "steps['x'].output.n == 0",
  "steps['y'].ran && steps['x'].output.n == 0",
  "steps['x'].ran || steps['x'].output.n == 0",
  "!steps['x'].ran && steps['x'].output.n == 0",
  "steps['x'].ran ? 0 : steps['x'].output.n",
  "steps['x'].output.n == 0 && steps['x'].ran",
  "(steps['x'].ran || vars.a) && steps['x'].output.n == 0",
  "(steps['x'].ran && vars.a) == vars.b && steps['x'].output.n == 0",
  "vars.list.exists(i, steps['x'].ran) && steps['x'].output.n == 0",
])('not guarded: %s', (expr) => {
  expect(isGuarded(expr)).toBe(false);
});

test('what a condition ensures where it is true', () => {
  expect([...ensuredBy("steps['x'].ran && (steps.y.ran || steps.z.ran)")]).toEqual(['x']);
  expect([...ensuredBy("!(!steps['x'].ran || !steps.y.ran)")]).toEqual(['x', 'y']);
  expect([...ensuredBy('steps[')]).toEqual([]);
});
