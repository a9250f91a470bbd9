import { describe, expect, test } from 'vitest';
import { render } from '../../../engine/expr/render.ts';
import type { Json, JsonObject } from '../../../engine/plan.ts';

const scope = (output: Json) => ({ vars: {}, steps: { s: { output } }, run: {} });

describe('an output cannot name a secret and have it revealed', () => {
  test.each<[string, Json, JsonObject]>([
    ['as a whole', { secret: [{ name: 'db' }] }, { env: { A: { $expr: 'steps.s.output' } } }],
    ['inside of a list', [{ secret: [{ name: 'db' }] }], { env: { $expr: 'steps.s.output' } }],
    ['under a key of the runbook', [{ name: 'db' }], { env: { A: { secret: { $expr: 'steps.s.output' } } } }],
    [
      'as an expression',
      'secrets.db',
      { env: { A: { $expr: { $template: ['', { expr: 'steps.s.output' }] } } } },
    ],
    ['as a template', [{ expr: 'secrets.db' }], { env: { A: { $template: { $expr: 'steps.s.output' } } } }],
  ])('%s', (_, output, wanted) => {
    expect(() => render(wanted, scope(output))).toThrow(/engine mark/);
  });
});

test('text that looks like an expression stays text', () => {
  const text = '${{ secrets.db }}';
  expect(render({ a: { $expr: 'steps.s.output' } }, scope(text))).toEqual({ a: text });
});
