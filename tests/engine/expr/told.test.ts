import { expect, test } from 'vitest';
import { toldBy } from '../../../engine/expr/told.ts';

const scan = { counts: { attempts: 12, failed: 3 }, positions: { '/var/log/a': 7 }, lines: 40 };

test('the fields that the conditions read, and no others', () => {
  const exprs = ["result.counts['failed'] * 10 <= result.counts['attempts']", 'result.lines > 0'];
  expect(toldBy('result', exprs, scan)).toEqual({ counts: scan.counts, lines: 40 });
});

test.each([
  ['no condition reads anything', []],
  ['another root is read', ['vars.limit > 1']],
  ['one reads it whole', ['size(result) > 1']],
  ['a key is only known when it runs', ['result[vars.name] > 1']],
])('all of it where %s', (_, exprs) => {
  expect(toldBy('result', exprs, scan)).toEqual(scan);
});

test('a value without fields is shown whole', () => {
  expect(toldBy('result', ['result.counts > 1'], 7)).toBe(7);
});
