import { expect, test } from 'vitest';
import { ExprError, errorLine, evaluate, type Scope } from '../../../engine/expr/evaluate.ts';

const output = {
  path: '/srv/***',
  size: 3,
  rows: [{ id: 1, at: '***' }],
  'a/b': { c: '***', d: 'd' },
  names: { '***': 1 },
};
const scope: Scope = {
  vars: { key: 'size' },
  run: {},
  steps: { a: { output }, b: { output: '***' }, c: { output: { path: '/x' } } },
  masked: { a: ['/path', '/rows/0/at', '/a~1b/c', '/names'], b: [''] },
};

test.each([
  'steps.a.output.path',
  "steps['a'].output['path'] + '/x'",
  'steps.a.output.path.size()',
  'size(steps.a.output) > 1',
  'steps.a.output[vars.key]',
  'steps.a.output.rows[0].at',
  'steps.a.output.rows.map(r, r.id)',
  "steps.a.output['a/b'].c",
  "steps.a.output['a/b']",
  'steps.a.output.names.n',
  'true || steps.a.output.path == ""',
  'steps.b.output',
  'steps.b.output.anything',
])('%s is refused', (expr) => {
  const error = (() => {
    try {
      return evaluate(expr, scope);
    } catch (e) {
      return e;
    }
  })();
  if (!(error instanceof ExprError)) throw new Error(`evaluated to ${JSON.stringify(error)}`);
  expect(error.message).toMatch(/masking changed .*the output of step "[ab]"/);
  expect(error.remedy).toContain('as a var');
  expect(errorLine(error)).toContain(error.remedy);
});

test.each([
  'steps.a.output.size',
  'steps.a.output.rows[0].id',
  "steps.a.output['a/b'].d",
  'steps.c.output.path',
  'vars.key',
])('%s is data', (expr) => {
  expect(() => evaluate(expr, scope)).not.toThrow();
});

test('what a watch has just measured, too', () => {
  const result = { value: { said: 'x ***', n: 1 }, schema: {}, masked: ['/said'] };
  const watch: Scope = { vars: {}, run: {}, steps: {}, result };
  expect(evaluate('result.n > 0', watch)).toBe(true);
  expect(() => evaluate("result.said.contains('y')", watch)).toThrow(
    /masking changed \/said in the measured/,
  );
});
