import { expect, test } from 'vitest';
import { HourlyLimit } from '../../../steps/supabase-recovery-emails/hourly-limit.ts';

const minute = 60_000;
const hour = 60 * minute;

test('rests 1, 2, 4 and then 5 minutes while nothing is known, and anew after a mail', () => {
  const limit = new HourlyLimit();
  const rests = [0, 1, 3, 7, 12].map((at) => limit.refused(at * minute));
  expect(rests.map(({ ms }) => ms / minute)).toEqual([1, 2, 4, 5, 5]);
  expect(rests.every(({ renewal }) => renewal === null)).toBe(true);
  limit.passed(13 * minute);
  expect(limit.refused(14 * minute).ms).toBe(minute);
});

test('a renewal that was seen ends the rest an hour later, also after hours', () => {
  const limit = new HourlyLimit();
  limit.refused(10 * minute);
  limit.passed(12 * minute);
  for (const hours of [1, 3]) {
    const from = 10 * minute + hours * hour;
    const renewal = { from, to: from + 2 * minute };
    limit.refused(from - 20 * minute);
    expect(limit.refused(from - 90_000)).toEqual({ ms: 90_000, renewal });
    expect(limit.refused(from)).toEqual({ ms: 30_000, renewal });
    expect(limit.refused(from + minute)).toEqual({ ms: 30_000, renewal });
    // Passed unseen: for others the limit was renewed, and used up again.
    expect(limit.refused(from + 2 * minute).renewal?.from).toBe(from + hour);
  }
});

test('a bucket that gives one mail a minute is not taken for an hour', () => {
  const limit = new HourlyLimit();
  limit.refused(0);
  limit.passed(minute);
  expect(limit.refused(minute).ms).toBe(minute);
});
