import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { judge } from '../../../engine/load/with-input.ts';

const input = z.strictObject({
  url: z.url().optional(),
  method: z.enum(['GET', 'HEAD']).optional(),
  size: z.int().min(10).optional(),
  on: z.boolean().optional(),
  list: z.array(z.string()).min(1).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  even: z
    .string()
    .refine((s) => s.length === 12)
    .optional(),
  tries: z.int().default(3),
});

const deferred = (key: string, type: string) => [{ path: [key], type, text: '${{ x }}' }];

describe('a value known only in the run is checked by a placeholder', () => {
  test.each([
    ['url', 'string', 'http://localhost/'],
    ['method', 'string', 'GET'],
    ['size', 'int', 10],
    ['on', 'bool', true],
    ['list', 'list', ['${{ x }}']],
    ['either', 'dyn', '${{ x }}'],
  ])('%s as %s', (key, type, standIn) => {
    const judged = judge(input, { [key]: { $expr: 'x' } }, deferred(key, type));
    expect(judged).toMatchObject({ ok: true, input: { [key]: standIn, tries: 3 } });
  });

  test('inside of a union', () => {
    const given = { either: ['a', { $expr: 'x' }] };
    const judged = judge(input, given, [{ path: ['either', 1], type: 'string', text: '${{ x }}' }]);
    expect(judged).toMatchObject({ ok: true, input: { either: ['a', '${{ x }}'], tries: 3 } });
  });
});

test('if no placeholder satisfies the schema, the run checks it', () => {
  expect(judge(input, { even: { $expr: 'x' } }, deferred('even', 'string'))).toMatchObject({
    ok: true,
    input: null,
  });
});

test('what else is wrong is still reported, and only that', () => {
  const judged = judge(input, { even: { $expr: 'x' }, size: 5 }, deferred('even', 'string'));
  expect(judged).toMatchObject({ ok: false, issues: [{ path: ['size'], code: 'too_small' }] });
});

test.each([
  ['url', 'https://unset-url.invalid/'],
  ['method', 'GET'],
  ['either', '${{ x }}'],
])(
  'a text of a var without a value has something in its place that can be told apart: %s',
  (key, standIn) => {
    const [found] = deferred(key, 'string');
    const judged = judge(input, { [key]: { $expr: 'x' } }, found ? [{ ...found, undecided: true }] : []);
    expect(judged).toMatchObject({ ok: true, input: { [key]: standIn } });
    const told = new Map(standIn.startsWith('https') ? [[standIn, '${{ x }}']] : []);
    expect(judged.ok && judged.stoodIn).toEqual(told);
  },
);
