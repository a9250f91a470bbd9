import { expect, test } from 'vitest';
import { outcomeFailure } from '../../../engine/run/failure.ts';
import { createMasking } from '../../../engine/run/masking.ts';

test('a number that is a secret is masked in JSON; one that only holds its digits is not', () => {
  const masking = createMasking(new Map([['pin', '84736251']]));
  expect(masking.json({ pin: 84736251, bytes: 1847362519, all: [84736251] })).toEqual({
    pin: '***',
    bytes: 1847362519,
    all: ['***'],
  });
});

test('a failure is masked before it is cut to a line: no part of a secret stays at the cut', () => {
  const lines = 'first\nsecond\nthird';
  const masking = createMasking(new Map(Object.entries({ lines, long: 'correct-horse-battery-staple' })));
  const short = (text: string) =>
    outcomeFailure({ done: false, effect: 'none', retryable: false, short: text }, masking).short;
  expect(short(`not accepted: ${lines}`)).toBe('not accepted: ***');
  expect(short(`${'x'.repeat(290)}correct-horse-battery-staple`)).toBe(`${'x'.repeat(290)}***`);
});

test('what was changed is told by pointer: values, numbers, and of a key its map', () => {
  const masking = createMasking(new Map(Object.entries({ word: 'trading', pin: '84736251' })));
  const value = { 'a/b~': ['x', { p: '/srv/trading' }], pin: 84736251, keys: { trading: 'ok', n: 1 } };
  expect(masking.record(value)).toEqual({
    value: { 'a/b~': ['x', { p: '/srv/***' }], pin: '***', keys: { '***': 'ok', n: 1 } },
    masked: ['/a~1b~0/1/p', '/pin', '/keys'],
  });
  expect(masking.record('trading')).toEqual({ value: '***', masked: [''] });
});
