import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { outcomeFailure, thrownFailure } from '../../../engine/run/failure.ts';
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

test('masked values are reported by pointer: values, numbers, and of a key its map', () => {
  const masking = createMasking(new Map(Object.entries({ word: 'trading', pin: '84736251' })));
  const value = { 'a/b~': ['x', { p: '/srv/trading' }], pin: 84736251, keys: { trading: 'ok', n: 1 } };
  expect(masking.record(value)).toEqual({
    value: { 'a/b~': ['x', { p: '/srv/***' }], pin: '***', keys: { '***': 'ok', n: 1 } },
    masked: ['/a~1b~0/1/p', '/pin', '/keys'],
  });
  expect(masking.record('trading')).toEqual({ value: '***', masked: [''] });
});

test('an error of others is masked, acts on no terminal and quotes no part of a secret', () => {
  const secret = 'correct-horse-battery';
  const masking = createMasking(new Map([['s', secret]]));
  const deep: Error & { cause?: unknown } = new Error(`login ${secret}`);
  deep.cause = deep;
  const said = thrownFailure(new Error(`no \u001b[31m${secret}\u202e\u009b2J`, { cause: deep }), masking);
  expect(said.short).toBe('no ***');
  expect(said.detail).toMatch(/^login \*\*\*: login \*\*\*/);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(thrownFailure(new Error('x', { cause: circle }), masking).detail).toBe('the cause cannot be shown');

  let thrown: unknown;
  try {
    execFileSync('true', [`${'x'.repeat(118)}${secret}\0`]);
  } catch (error) {
    thrown = error;
  }
  expect((thrown as Error).message).toContain('correct');
  expect(thrownFailure(thrown, masking).short).not.toContain('correct');
});
