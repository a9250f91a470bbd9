import { expect, test } from 'vitest';
import { diffPlans } from '../../../engine/diff/diff.ts';
import { actStep, plan, waitStep } from '../../support/plan-builder.ts';

const told = (before?: string, after?: string) =>
  diffPlans(
    plan([actStep('a', before === undefined ? {} : { when: before })]),
    plan([actStep('a', after === undefined ? {} : { when: after })]),
  ).changes.map(({ kind, danger, what, reason }) => `${danger} ${kind} ${what}: ${reason}`);

test.each([
  [undefined, 'vars.x', 'high condition when: The step always ran, and may now be skipped'],
  ['vars.x', undefined, 'medium condition when: The step could be skipped, and now always runs'],
  ['vars.x', 'vars.x && vars.y', 'high condition when: The step is now skipped where it ran'],
  ['vars.x && vars.y', 'vars.x', 'medium condition when: The step now also runs where it was skipped'],
  [
    'vars.x',
    'vars.y',
    'high condition when: The step may now be skipped where it ran, and run where it was skipped',
  ],
])('%s becomes %s', (before, after, says) => {
  expect(told(before, after)).toEqual([says]);
});

test('the same condition, written otherwise, is no change', () => {
  expect(told("steps['x'].ran", 'steps.x.ran')).toEqual([]);
});

test('a step that is now left out', () => {
  const leftOut = [{ id: 'b', name: 'b', when: 'vars.live', line: 3, after: 'a' }];
  const [change] = diffPlans(plan([actStep('a'), waitStep('b', 1_000)]), {
    ...plan([actStep('a')]),
    leftOut,
  }).changes;
  expect(change).toMatchObject({ kind: 'condition', step: 'b', after: 'left out: vars.live' });
});
