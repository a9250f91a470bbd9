import { expect, test } from 'vitest';
import { chanceOf, quantilesOf } from '../../../engine/forecast/chance.ts';
import { chanceWord, percent, shortChance } from '../../../engine/forecast/words.ts';

test('a share has the interval that finitely many draws leave open, at both ends too', () => {
  expect(chanceOf(50, 100)).toMatchObject({ low: expect.closeTo(0.404, 3), high: expect.closeTo(0.596, 3) });
  expect(chanceOf(100, 100)).toMatchObject({ low: expect.closeTo(0.963, 3), high: expect.closeTo(1, 9) });
  expect(chanceOf(0, 100)).toMatchObject({ low: 0, high: expect.closeTo(0.037, 3) });
  expect(chanceOf(0, 0)).toMatchObject({ low: 0, high: 1 });
});

test('0 and 100 percent are never shown: so many draws are', () => {
  expect(chanceWord(chanceOf(10_000, 10_000))).toBe('all of 10,000 draws');
  expect(chanceWord(chanceOf(0, 2_000))).toBe('none of 2,000 draws');
  expect(chanceWord(chanceOf(9_999, 10_000))).toBe('99.9 % (9,999 of 10,000 draws; 99.9 % to 99.9 %)');
  expect(chanceWord(chanceOf(1, 100_000))).toContain('0.1 % (1 of 100,000 draws');
  expect(shortChance(chanceOf(700, 1_000))).toBe('70 %');
  for (let hits = 1; hits < 1_000; hits++) expect(percent(hits / 1_000)).not.toMatch(/^(0|100) %/);
});

test('a quantile that too few draws come to is none', () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => (i < 95 ? i + 1 : Number.POSITIVE_INFINITY));
  expect(quantilesOf(values)).toEqual({ p50: 50, p90: 90, p99: null });
});
