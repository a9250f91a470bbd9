import { expect, test } from 'vitest';
import { emailLimiter, type Limiter, parseRate } from '../../../docker/supabase/auth-stand-in/rate-limits.ts';

const hour = 3_600_000;

const passed = (limiter: Limiter, now: number, tries: number): number =>
  Array.from({ length: tries }).filter(() => limiter.allow(now)).length;

const limiterOf = (setting: string, startedAt: number): Limiter => {
  const rate = parseRate(setting);
  if (!rate) throw new Error(`${setting} is no rate`);
  return emailLimiter(rate, startedAt);
};

test('a plain number is so many in each hour, which counts from the start of the server', () => {
  const now = Date.now();
  const limiter = limiterOf('30', now - hour / 2);
  expect(passed(limiter, now, 100)).toBe(30);
  expect(passed(limiter, now + hour / 2 - 1, 100)).toBe(0);
  expect(passed(limiter, now + hour / 2, 100)).toBe(30);
  expect(passed(limiter, now + hour, 100)).toBe(0);
});

test('a number over a time is a burst, and then one in each such time', () => {
  const now = Date.now();
  const limiter = limiterOf('10000/1h', now);
  expect(passed(limiter, now, 20_000)).toBe(10_000);
  expect(passed(limiter, now + hour - 1, 5)).toBe(0);
  expect(passed(limiter, now + hour + 1_000, 5)).toBe(1);
});

test.each([
  ['2.9', { events: 2, everyMs: null }],
  ['1/1m30s', { events: 1, everyMs: 90_000 }],
  ['5/0s', { events: 5, everyMs: hour }],
  ['2.5/1h', null],
  ['30/hour', null],
  ['30/', null],
  ['many', null],
  ['', null],
])('%s', (setting, rate) => {
  expect(parseRate(setting)).toEqual(rate);
});
