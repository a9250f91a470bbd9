/** Clocks of a time zone, on the days when they jump and on machines whose own clock jumps. */
import { describe, expect, test } from 'vitest';
import { local, slotFault, within, zoneFault } from '../../../engine/policy/local-time.ts';

const paris = 'Europe/Paris';
const shown = (iso: string, zone: string): string => {
  const fields = local(new Date(iso), zone);
  return ['weekday', 'date', 'time'].map((name) => fields.get(name)).join(' ');
};

test.each([
  ['2026-11-29T00:30:00+01:00', paris, 'Sunday 2026-11-29 00:30'],
  ['2026-11-28T23:30:00Z', paris, 'Sunday 2026-11-29 00:30'],
  // Spring: 02:00 does not exist.
  ['2026-03-29T00:59:59Z', paris, 'Sunday 2026-03-29 01:59'],
  ['2026-03-29T01:00:00Z', paris, 'Sunday 2026-03-29 03:00'],
  // Autumn: 02:30 is twice.
  ['2026-10-25T00:30:00Z', paris, 'Sunday 2026-10-25 02:30'],
  ['2026-10-25T01:30:00Z', paris, 'Sunday 2026-10-25 02:30'],
  // The machine's own clock may have no 02:30 on this day.
  ['2026-03-29T02:30:00Z', 'UTC', 'Sunday 2026-03-29 02:30'],
  ['2026-03-08T02:30:00Z', 'UTC', 'Sunday 2026-03-08 02:30'],
  ['2026-01-01T00:00:00Z', 'Asia/Kolkata', 'Thursday 2026-01-01 05:30'],
  ['1969-12-31T23:59:00Z', 'UTC', 'Wednesday 1969-12-31 23:59'],
])('%s in %s', (iso, zone, expected) => {
  expect(shown(iso, zone)).toBe(expected);
});

describe('within', () => {
  const is = (from: string, to: string, slot: string, zone = paris) =>
    within(new Date(from), new Date(to), slot, zone);

  test.each([
    ['2026-11-29T00:00:00+01:00', '2026-11-29T06:00:00+01:00', 'Sun 00:00-06:00', true],
    ['2026-11-28T23:59:00+01:00', '2026-11-29T05:00:00+01:00', 'Sun 00:00-06:00', false],
    ['2026-11-29T05:00:00+01:00', '2026-11-29T06:01:00+01:00', 'Sun 00:00-06:00', false],
    // Monday at the same hours, and the Sunday a week later.
    ['2026-11-30T01:00:00+01:00', '2026-11-30T02:00:00+01:00', 'Sunday 00:00-06:00', false],
    ['2026-11-29T01:00:00+01:00', '2026-12-06T02:00:00+01:00', 'Sun 00:00-06:00', false],
    // By the clocks of the zone on the days when they jump: 05:30 in Paris.
    ['2026-03-28T23:30:00Z', '2026-03-29T03:30:00Z', 'Sun 00:00-06:00', true],
    ['2026-03-28T23:30:00Z', '2026-03-29T04:30:00Z', 'Sun 00:00-06:00', false],
    ['2026-10-24T22:30:00Z', '2026-10-25T04:30:00Z', 'Sun 00:00-06:00', true],
    ['2026-10-24T22:30:00Z', '2026-10-25T05:30:00Z', 'Sun 00:00-06:00', false],
    // Over midnight, over the end of the week, each day.
    ['2026-11-28T23:00:00+01:00', '2026-11-29T05:00:00+01:00', 'Sat 22:00-06:00', true],
    ['2026-11-29T23:00:00+01:00', '2026-11-30T05:00:00+01:00', 'Sun 22:00-Mon 06:00', true],
    ['2026-11-28T23:00:00+01:00', '2026-11-30T05:00:00+01:00', 'Sat 22:00 - Mon 06:00', true],
    ['2026-12-02T23:00:00+01:00', '2026-12-03T05:00:00+01:00', '22:00-06:00', true],
    ['2026-12-02T21:00:00+01:00', '2026-12-03T05:00:00+01:00', '22:00-06:00', false],
    ['2026-12-02T23:00:00+01:00', '2026-12-03T23:00:00+01:00', '22:00-06:00', false],
    ['2026-12-06T23:00:00+01:00', '2026-12-07T00:00:00+01:00', 'Sun 20:00-24:00', true],
  ])('%s to %s in %s: %s', (from, to, slot, expected) => {
    expect(is(from, to, slot)).toBe(expected);
  });

  test('the end before the start is an error, not an answer', () => {
    expect(() => is('2026-11-29T02:00:00Z', '2026-11-29T01:00:00Z', 'Sun 00:00-06:00')).toThrow(
      'the end is before the start',
    );
  });

  test('so is an unknown zone or slot', () => {
    const at = '2026-11-29T02:00:00Z';
    expect(() => is(at, at, 'Sun 00:00-06:00', 'Europe/Pariss')).toThrow(
      '"Europe/Pariss" is not a time zone',
    );
    expect(() => is(at, at, 'Sunday')).toThrow('is not a span of time');
  });
});

test.each([
  'Sun',
  'Sun 0:00-06:00',
  'Son 00:00-06:00',
  '00:00-Mon 06:00',
  'Sun 24:01-06:00',
  'Sun 00:60-06:00',
  '',
])('not a slot: %s', (text) => {
  expect(slotFault(text)).toContain('is not a span of time');
});

test('zones are those of the tz database', () => {
  expect(zoneFault('Europe/Paris')).toBeNull();
  expect(zoneFault('Paris')).toBe('"Paris" is not a time zone');
});
