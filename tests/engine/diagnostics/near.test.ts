import { expect, test } from 'vitest';
import { nearestCode } from '../../../engine/diagnostics/near.ts';

const codes = ['RB101', 'RB699', 'RB701', 'RB702', 'RB720'];

test.each([
  ['RB703', 'RB702'],
  ['RB7201', 'RB720'],
  ['721', 'RB720'],
  ['rb70', 'RB699'],
  ['RB1', 'RB101'],
  ['force-push', null],
])('%s', (given, expected) => {
  expect(nearestCode(given, codes)).toBe(expected);
});

test('without codes there is none', () => {
  expect(nearestCode('RB701', [])).toBeNull();
});
