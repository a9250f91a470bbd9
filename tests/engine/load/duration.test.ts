import { describe, expect, test } from 'vitest';
import { formatDuration, formatOffset, parseDuration, parseOffset } from '../../../engine/load/duration.ts';
import { fc } from '../../support/property.ts';

const WEEK = 7 * 24 * 3_600_000;

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, ms });
});

test.each([
  ['', 'it is empty'],
  ['30', 'the unit is missing: did you mean "30s"?'],
  ['1.5h', 'fractions are not allowed: write "90m", not "1.5h"'],
  ['-5m', 'it is negative'],
  ['1h30', 'the last number has no unit'],
  ['30m1h', 'write the units from longest to shortest, each once'],
  ['5m5m', 'write the units from longest to shortest, each once'],
  ['5 minutes', 'did you mean "5m"?'],
  ['5M', 'did you mean "5m"?'],
  ['soon', 'expected numbers with the units d, h, m, s or ms'],
  ['8d', 'it is longer than 7 days'],
])('%j is refused: %s', (text, why) => {
  expect(parseDuration(text)).toEqual({ ok: false, why });
});

test.each([
  ['T0', 0],
  ['T-30m', -1_800_000],
  ['T+1h30m', 5_400_000],
  ['T-0s', 0],
])('%s is %d ms from T0', (text, ms) => {
  expect(parseOffset(text)).toEqual({ ok: true, ms });
});

test.each([
  ['t-30m', 'the T must be a capital letter'],
  ['-30m', 'it must start with T: did you mean "T-30m"?'],
  ['T+30', 'the unit is missing: did you mean "T+30m"?'],
  ['30m', 'it must be relative to T0, as in "T-30m", "T0" or "T+1h30m"'],
  ['T 0', 'it must be relative to T0, as in "T-30m", "T0" or "T+1h30m"'],
])('%j is no offset: %s', (text, why) => {
  expect(parseOffset(text)).toEqual({ ok: false, why });
});

describe('what is formatted', () => {
  test('parses back to the same duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: WEEK }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, ms });
      }),
    );
  });

  test('parses back to the same offset', () => {
    fc.assert(
      fc.property(fc.integer({ min: -WEEK, max: WEEK }), (ms) => {
        expect(parseOffset(formatOffset(ms))).toEqual({ ok: true, ms: ms === 0 ? 0 : ms });
      }),
    );
  });
});

test('no text makes the parsers throw or give anything but whole milliseconds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^T?[+-]?[0-9dhms. ]{0,8}$/)), (text) => {
      for (const parsed of [parseDuration(text), parseOffset(text)])
        if (parsed.ok) expect(Number.isSafeInteger(parsed.ms)).toBe(true);
        else expect(parsed.why).not.toBe('');
    }),
  );
});
