import { expect, test } from 'vitest';
import { emailLimiter } from '../../../docker/supabase/auth-stand-in/rate-limits.ts';

const hour = 3_600_000;

const passed = (limiter: ReturnType<typeof emailLimiter>, now: number, tries: number): number =>
  Array.from({ length: tries }).filter(() => limiter.allow(now)).length;

test('a plain number is so many in each hour', () => {
  const [limiter, now] = [emailLimiter('30'), Date.now()];
  expect(passed(limiter, now, 100)).toBe(30);
  expect(passed(limiter, now + hour - 1, 100)).toBe(0);
  expect(passed(limiter, now + hour, 100)).toBe(30);
});

test('a number over a time is a burst, and then one in each such time', () => {
  const [limiter, now] = [emailLimiter('10000/1h'), Date.now()];
  expect(passed(limiter, now, 20_000)).toBe(10_000);
  expect(passed(limiter, now + hour - 1, 5)).toBe(0);
  expect(passed(limiter, now + hour + 1_000, 5)).toBe(1);
});
