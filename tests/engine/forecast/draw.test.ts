import { expect, test } from 'vitest';
import { drawing } from '../../../engine/forecast/draw.ts';
import { durationsOf, type Known, planSigma } from '../../../engine/forecast/durations.ts';
import { type EarlierRuns, noEarlierRuns } from '../../../engine/forecast/earlier-runs.ts';
import {
  actStep,
  autoUndo,
  checklistStep,
  gateStep,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../../support/plan-builder.ts';

const minute: Known = { from: 'expected', values: [60_000], sigma: planSigma, leastMs: 0, mostMs: 1e9 };

const drawn = (known: Known, seed = 1, passedMs = 0): readonly number[] => {
  const draw = drawing(seed);
  return Array.from({ length: 20_000 }, () => draw.ms(known, passedMs));
};
const shareAbove = (ms: readonly number[], limit: number) =>
  ms.filter((each) => each > limit).length / ms.length;

test('half is longer than expected, a tenth by more than the spread', () => {
  expect(shareAbove(drawn(minute), 60_000)).toBeCloseTo(0.5, 1);
  expect(shareAbove(drawn(minute), 90_000)).toBeCloseTo(0.1, 1);
});

test('the same for the same seed, and others for another', () => {
  expect(drawn(minute)).toEqual(drawn(minute));
  expect(drawn(minute)).not.toEqual(drawn(minute, 2));
});

test('never shorter than what has passed, however much that is', () => {
  expect(Math.min(...drawn(minute, 1, 70_000))).toBeGreaterThanOrEqual(70_000);
  // It has taken ten times as long: nothing that is known says when it ends.
  const overdue = drawn(minute, 1, 600_000);
  expect(Math.min(...overdue)).toBeGreaterThanOrEqual(600_000);
  expect(shareAbove(overdue, 650_000)).toBeGreaterThan(0.5);
});

test('within the time limit of an act, and no faster than a watch measures', () => {
  expect(Math.max(...drawn({ ...minute, mostMs: 75_000 }))).toBe(75_000);
  expect(Math.min(...drawn({ ...minute, leastMs: 50_000 }))).toBe(50_000);
});

test('from earlier runs, from `expected`, as a guess, or as it is', () => {
  const subject = plan([
    actStep('measured', { expectedMs: 60_000, act: planAct({ timeoutMs: 5_000 }) }),
    actStep('planned', { expectedMs: 60_000, undo: { ...autoUndo, expectedMs: 5_000 } }),
    actStep('unplanned', { undo: { ...autoUndo, mode: 'none', acts: [] } }),
    gateStep('asks'),
    gateStep('silent', { prompt: null }),
    checklistStep('list', ['h1']),
    waitStep('pause', 7_000),
    watchStep('watch', { count: 3, intervalMs: 30_000 }),
  ]);
  const earlier: EarlierRuns = {
    ...noEarlierRuns,
    forward: new Map([['measured', [8_000, 9_000]]]),
    undo: new Map([['measured', [3_000]]]),
  };
  const { steps, forward, undo } = durationsOf(subject, earlier);
  expect(Object.fromEntries(steps.map(({ id }, i) => [id, [forward[i]?.from, forward[i]?.values]]))).toEqual({
    measured: ['runs', [8_000, 9_000]],
    planned: ['expected', [60_000]],
    unplanned: ['guess', [10_000]],
    asks: ['guess', [60_000]],
    silent: ['fixed', [0]],
    list: ['guess', [60_000]],
    pause: ['fixed', [7_000]],
    watch: ['expected', [60_000]],
  });
  expect(undo.map((known) => known && [known.from, known.values])).toEqual([
    ['runs', [3_000]],
    ['expected', [5_000]],
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
  // What was measured is not cut off at a time limit that was changed since; two runs say more than one.
  expect(forward[0]).toMatchObject({ mostMs: 9_000, sigma: planSigma / Math.SQRT2 });
  expect(undo[0]?.sigma).toBe(planSigma);
});
