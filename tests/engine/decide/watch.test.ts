/** What counts as evidence at the end of a watch. */

import { describe, expect, test } from 'vitest';
import type { Measured } from '../../../engine/decide/events.ts';
import { stepState } from '../../../engine/decide/queries.ts';
import type { PlanWatch } from '../../../engine/plan.ts';
import { CoreRun } from '../../support/core-run.ts';
import { actStep, gateStep, plan, watchStep } from '../../support/plan-builder.ts';

const verdicts: { readonly [letter: string]: Measured } = {
  s: 'success',
  f: 'failure',
  i: 'inconclusive',
  e: 'error',
};

/** One letter a measurement; what comes after the last letter is as the last. */
const watched = (letters: string, over: Partial<PlanWatch>, skipWaits = false): CoreRun => {
  const measure = ({ n }: { n: number }): Measured =>
    verdicts[letters[Math.min(n, letters.length) - 1] ?? ''] ?? 'error';
  const watch = watchStep('w', { intervalMs: 1_000, ...over });
  const entries = over.untilMs === undefined ? [watch, actStep('a')] : [watch];
  const run = new CoreRun(plan(entries), { measure }, { skipWaits }).go();
  for (let i = 0; i < 50 && !run.state.settled && !run.state.hold; i += 1) run.wait();
  return run;
};

const taken = (run: CoreRun): number => run.events.filter((e) => e.type === 'watch-measured').length;
const trips = (run: CoreRun) => run.events.flatMap((e) => (e.type === 'watch-tripped' ? [e.as] : []));

describe.each([
  ['with a count', (count: number): Partial<PlanWatch> => ({ count })],
  ['beside the list', (count: number): Partial<PlanWatch> => ({ count: null, untilMs: (count - 1) * 1_000 })],
])('a watch %s', (_, ending) => {
  test.each([
    // letters, planned measurements, other limits, how it ends, after how many
    ['seeee', 5, {}, 'error', 6],
    ['see', 3, {}, 'error', 6],
    ['sse', 3, { consecutiveErrorLimit: 0 }, 'error', 3],
    ['ssses', 4, {}, 'succeeded', 5],
    ['seeees', 5, {}, 'succeeded', 6],
    ['seees', 5, {}, 'succeeded', 5],
    ['sef', 2, {}, 'failure', 3],
    ['sef', 2, { failureLimit: 1 }, 'succeeded', 3],
    ['sei', 2, { inconclusiveLimit: 1 }, 'succeeded', 3],
    ['eeeef', 4, { failureLimit: 1 }, 'inconclusive', 5],
    ['eeees', 4, {}, 'succeeded', 5],
    ['sss', 3, {}, 'succeeded', 3],
    ['ii', 2, { inconclusiveLimit: 9 }, 'inconclusive', 2],
  ] as [string, number, Partial<PlanWatch>, string, number][])(
    'that measures %s, for %i, ends as it must',
    (letters, count, limits, end, after) => {
      const run = watched(letters, { ...ending(count), ...limits });
      expect(taken(run)).toBe(after);
      if (end === 'succeeded') {
        expect(trips(run)).toEqual([]);
        expect(stepState(run.state, 'w').state).toBe('succeeded');
      } else {
        expect(trips(run)).toEqual([end]);
        expect(run.state.hold?.cause).toBe('watch');
      }
    },
  );
});

test('a rehearsal that skips waits needs an answer at the end as well', () => {
  const run = watched('se', { untilMs: 60_000, count: null }, true);
  expect(trips(run)).toEqual(['error']);
});

test('measurements before a choice to continue do not count afterwards', () => {
  const run = watched('seeeee', { count: 2 });
  expect(run.state.hold?.cause).toBe('watch');
  run.choose('retry');
  for (let i = 0; i < 20 && !run.state.hold && !run.state.settled; i += 1) run.wait();
  expect(trips(run)).toEqual(['error', 'error']);
});

test('a held watch offers a rollback before the point of no return, and none after it', () => {
  const watch = watchStep('w', { count: 1 });
  const measure = (): Measured => 'failure';
  const before = new CoreRun(plan([watch]), { measure }).go();
  expect(before.state.hold?.choices).toEqual(['retry', 'skip', 'roll-back', 'stop']);
  const after = new CoreRun(plan([gateStep('go'), 'line', actStep('open'), watch]), { measure });
  after.go().approve('go', 'lead');
  expect(after.state.hold?.choices).toEqual(['retry', 'skip', 'stop']);
});
