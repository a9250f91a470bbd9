import { describe, expect, test } from 'vitest';
import { ExprError, evaluate, type Scope } from '../../../engine/expr/evaluate.ts';
import { schemaOf } from '../../../engine/expr/json-schema.ts';
import { render } from '../../../engine/expr/render.ts';
import { fakeRegistry } from '../../support/registry.ts';

const shell = fakeRegistry.steps.get('shell');
if (!shell) throw new Error('the fake registry has a shell');

const scope: Scope = {
  vars: { host: 'db', port: 3306 },
  steps: {
    dump: { output: { code: 0, seconds: 3, stdout: 'ok', rows: [{ id: 1 }, { id: 2 }] } },
    'a-b': { output: null },
  },
  run: { id: 'r1', name: 'n', t0: '2026-01-01T00:00:00.000Z', environment: null },
  schemas: { dump: schemaOf(shell.output, 'output') },
};

test.each([
  ['vars.port + 1', 3307],
  ["vars.host + ':' + string(vars.port)", 'db:3306'],
  ['steps.dump.output.code == 0', true],
  ['steps.dump.output.seconds == 3', true],
  ['steps.dump.output.seconds / 2', 1.5],
  ['steps.dump.output.seconds * 2', 6],
  ['vars.port / 1000', 3],
  ['steps.dump.output.rows.map(r, r.id)', [1, 2]],
  ['size(steps.dump.output.rows)', 2],
  ["steps['a-b'].output", null],
  ['run.id', 'r1'],
  ['7 / 2 == 3 && 7.0 / 2 == 3.5 && [4, 6].map(x, x / 2) == [2, 3] && -8 / 2 * 3 == -12', true],
  ['vars.port == 0 || 1.0 / vars.port < 1.0', true],
  ["timestamp(run.t0) < timestamp('2027-01-01T00:00:00Z')", true],
  ['has(steps.dump.output.nope)', false],
  ["{'a': 1, 'b': [true, null, 0.5]}", { a: 1, b: [true, null, 0.5] }],
])('%s', (expr, expected) => {
  expect(evaluate(expr, scope)).toEqual(expected);
});

describe('one line for what fails', () => {
  test.each([
    ['steps.nope.output.n', 'step "nope" has no output'],
    ['steps.dump.output.nope', 'No such key: nope'],
    ['vars.port / 0', 'division by zero'],
    ['1.0 / 0.0', 'division by zero'],
    // NaN is below every limit, and above none.
    ['double(vars.port - vars.port) / 0.0 > 0.1', 'division by zero'],
    ['!(0.0 / double(vars.port - vars.port) <= 0.1)', 'division by zero'],
    ['steps.dump.output / 2 > 1', 'only numbers can be divided'],
    ['1e308 * 10.0', 'the result is not a finite number'],
    ['9007199254740993', 'the number is too large to be exact'],
    ["b'abc'", 'the result is not a text, number, true or false, list or map'],
    ['1 +', 'Unexpected token: EOF'],
    ['constructor', 'Unknown variable: constructor'],
    ['steps.dump.output.constructor', 'No such key: constructor'],
  ])('%s', (expr, why) => {
    expect(() => evaluate(expr, scope)).toThrow(new ExprError(expr, why));
  });
});

describe('render', () => {
  test('fills expressions and templates, and leaves secrets to the port', () => {
    const given = {
      n: { $expr: 'vars.port' },
      text: { $template: ['code ', { expr: 'steps.dump.output.code' }, '.'] },
      deep: [{ x: { $expr: 'steps.dump.output.rows' } }],
      password: { secret: ['pw ', { name: 'db' }] },
      plain: null,
    };
    expect(render(given, scope)).toEqual({
      n: 3306,
      text: 'code 0.',
      deep: [{ x: [{ id: 1 }, { id: 2 }] }],
      password: { secret: ['pw ', { name: 'db' }] },
      plain: null,
    });
  });

  test.each(['steps.dump.output.rows', "steps['a-b'].output"])('refuses %s in a text', (expr) => {
    expect(() => render({ t: { $template: ['x ', { expr }] } }, scope)).toThrow(ExprError);
  });

  test('refuses an output that would name a secret', () => {
    const forged: Scope = { ...scope, steps: { dump: { output: { x: [{ secret: [{ name: 'db' }] }] } } } };
    expect(() => render({ password: { $expr: 'steps.dump.output.x[0]' } }, forged)).toThrow(/engine mark/);
    expect(() => render({ all: { $expr: 'steps.dump.output' } }, forged)).toThrow(/engine mark/);
  });
});
