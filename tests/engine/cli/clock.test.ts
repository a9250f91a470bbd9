import { describe, expect, test } from 'vitest';
import { t0Of } from '../../../engine/cli/clock.ts';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { plan } from '../views/scripted-run.ts';

const now = Date.UTC(2026, 10, 22, 21, 0, 0);
const codesOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((d) => d.code);
    throw error;
  }
  return [];
};

describe('--t0', () => {
  test.each([
    ['2026-11-22T23:00:00+01:00', Date.UTC(2026, 10, 22, 22)],
    ['2026-11-22T22:00Z', Date.UTC(2026, 10, 22, 22)],
    ['now', now],
    ['+45m', now + 45 * 60_000],
    ['+1h30m', now + 90 * 60_000],
  ])('%s', (given, expected) => {
    expect(t0Of(given, plan, now)).toBe(expected);
  });

  test.each(['2026-11-22T23:00:00', '23:00', 'tomorrow', '+45', '-5m', '2026-13-40T00:00:00Z', ''])(
    '"%s" is refused: it is no instant, or not the same one everywhere',
    (given) => {
      expect(codesOf(() => t0Of(given, plan, now))).toEqual(['RB601']);
    },
  );

  test('a T0 whose hard stop is over is refused', () => {
    expect(codesOf(() => t0Of('2025-11-22T23:00:00+01:00', plan, now))).toEqual(['RB609']);
  });
});

test('without --t0 the first planned step starts now', () => {
  expect(t0Of(undefined, plan, now)).toBe(now + 30 * 60_000);
});
