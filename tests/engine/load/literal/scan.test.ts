import { expect, test } from 'vitest';
import { isVerbatim } from '../../../../engine/load/literal/scan.ts';

// `{{NAME}}` is a blank of a query: in its probe as well as in its statement.
test.for(['sql', 'probe'])('the %s of a query may hold blanks', (key) => {
  expect(isVerbatim(['steps', 0, 'with', key])).toBe(true);
});

test('the path of a file may not', () => {
  expect(isVerbatim(['steps', 0, 'with', 'path'])).toBe(false);
});
