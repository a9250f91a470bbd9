/** The same finding is worth something else before the first act, after one, and in a rollback. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../engine/run/clock.ts';
import { type DryRunStep, dryRun } from '../../../engine/run/dry-run.ts';
import type { Finding } from '../../../engine/step.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const look = (name: string) =>
  planAct({ type: 'look', with: { name }, effects: 'read', preview: `look ${name}` });
const put = (name: string) => planAct({ type: 'put', with: { name }, preview: `put ${name}` });

/** Every `put` finds something that an earlier step may change, and something that none does. */
const registry = (world: ReturnType<typeof fakeWorld>) => {
  const fake = fakeRegistry(world);
  const type = fake.steps.get('put');
  if (!type) throw new Error('no put');
  const found: readonly Finding[] = [
    { level: 'problem', what: 'already done', remedy: 'Fix the probe', passing: true },
    { level: 'problem', what: 'no right' },
  ];
  const load = async () => ({ acts: { ...(await type.load()).acts, check: async () => found } });
  return { ...fake, steps: new Map(fake.steps).set('put', { ...type, load }) };
};

const findings = async (steps: readonly ReturnType<typeof actStep>[]) => {
  const world = fakeWorld();
  const told: DryRunStep[] = [];
  const common = { runbookDir: '/', secrets: new Map(), clock: systemClock };
  await dryRun({
    ...common,
    plan: plan(steps),
    registry: registry(world),
    onStep: (step) => told.push(step),
  });
  return told.map(({ findings: all }) => all.map((f) => `${f.level}${f.passing ? '~' : ''}: ${f.what}`));
};

test('what is so now fails the first act, is to be expected before a later one, and says nothing of an undo', async () => {
  const undo = { ...autoUndo, mode: 'own' as const, acts: [put('back')] };
  expect(await findings([actStep('a', { act: put('a'), undo }), actStep('b', { act: put('b') })])).toEqual([
    [
      'problem: already done',
      'problem: no right',
      'simulated: put a',
      'simulated: undo: already done (state now; the step has not run yet)',
      'problem: undo: no right',
    ],
    ['unchecked~: already done', 'problem: no right', 'simulated: put b'],
  ]);
});

test('what a rollback requires and verifies is looked at, as of after the act', async () => {
  const undo = { ...autoUndo, preconditions: [look('old app')], verify: [put('as before')] };
  expect(await findings([actStep('a', { act: look('a'), undo })])).toEqual([
    [
      'verified: it can be looked at',
      'simulated: undo: look old app (old app does not stand) (state now; the step has not run yet)',
      'simulated: undo verify: already done (state now; the step has not run yet)',
      'problem: undo verify: no right',
    ],
  ]);
});

test('a precondition of the first act that is false is a problem, of a later one an expected gap', async () => {
  const waits = (id: string) => actStep(id, { act: put(id), preconditions: [look('page')] });
  const [first, second] = await findings([waits('a'), waits('b')]);
  expect(first?.[0]).toBe('problem: look page (page does not stand)');
  expect(second?.[0]).toBe('unchecked~: not true yet, expected later: look page (page does not stand)');
});
