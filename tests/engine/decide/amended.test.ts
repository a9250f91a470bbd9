import { expect, test } from 'vitest';
import { decide } from '../../../engine/decide/decide.ts';
import { actsPerTrip } from '../../../engine/decide/keys.ts';
import { mostOnTrip } from '../../../engine/load/schema/watch.ts';
import type { Plan } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { masked } from '../../support/masked.ts';
import { actStep, checklistStep, plan, planAct, watchStep } from '../../support/plan-builder.ts';

/** The next session has another file. */
const amend = (run: CoreRun, after: Plan): readonly string[] => {
  run.add({ type: 'plan-amended', planDigest: 'sha256:1', changes: [], accepted: [], user: 'u' });
  run.session();
  return decide(after, run.state, run.now).map((d) => d.id);
};

const failing = (act: string): World => ({
  act: (d) => (d.act === act ? { effect: 'none', retryable: false } : 'done'),
});

test('an item that takes the place of one whose read held is read itself', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'b'])]), failing('c/item/1')).go();
  expect(run.state.hold?.message).toContain('b (');
  run.say({ command: 'resolve', choice: 'retry', step: 'c', user: 'u', reason: 'mended', at: run.now });
  const after = plan([checklistStep('c', ['new', 'a', 'b'])]);
  expect(amend(run, after)).toEqual(['c/item/0#2']);
});

test('the result of an item is kept by its name, also after a move', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'b'])]), failing('c/item/1')).go();
  run.say({ command: 'resolve', choice: 'retry', step: 'c', user: 'u', reason: 'mended', at: run.now });
  expect(amend(run, plan([checklistStep('c', ['b', 'a'])]))).toEqual(['c/item/0#2']);
});

test('a second trip carries out all its acts, however many there were at the first', () => {
  const page = planAct({ type: 'page' });
  const world: World = { measure: () => 'failure' };
  const watched = (acts: number) =>
    plan([
      watchStep('w', { untilMs: 60_000, onTrip: Array.from({ length: acts }, () => page) }),
      actStep('a'),
    ]);
  const run = new CoreRun(watched(2), world).go();
  expect(run.state.hold?.cause).toBe('watch');
  run.say({ command: 'resolve', choice: 'retry', step: 'w', user: 'u', reason: 'seen', at: run.now });
  amend(run, watched(1));
  run.add({ type: 'watch-measured', step: 'w', n: 2, verdict: 'failure' });
  run.add({ type: 'watch-tripped', step: 'w', trip: 2, as: 'failure', message: masked('again') });
  expect(decide(watched(1), run.state, run.now).map((d) => d.id)).toEqual(['w/trip/100#1']);
  expect(mostOnTrip).toBe(actsPerTrip);
});
