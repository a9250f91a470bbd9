import { expect, test } from 'vitest';
import { systemClock } from '../../../engine/run/clock.ts';
import { wouldLose } from '../../../engine/run/would-lose.ts';
import { plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const asked = (name: string, world = fakeWorld()) =>
  wouldLose(
    {
      plan: plan([]),
      registry: fakeRegistry(world),
      runbookDir: '/',
      secrets: new Map([['password', 'hunter22']]),
      clock: systemClock,
    },
    planAct({ type: 'look', with: { name }, effects: 'read' }),
  );

test('what the read says is shown', async () => {
  const world = fakeWorld();
  world.standing.set('orders', 3);
  expect(await asked('orders', world)).toBe('{}');
});

test('a failed read is unknown, and its text is masked', async () => {
  expect(await asked('hunter22')).toBe('unknown: *** does not stand');
});
