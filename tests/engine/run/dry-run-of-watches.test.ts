import { expect, test } from 'vitest';
import { systemClock } from '../../../engine/run/clock.ts';
import { type DryRunStep, dryRun } from '../../../engine/run/dry-run.ts';
import { checklistStep, plan, planAct, watchStep } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const look = (name: string) =>
  planAct({ type: 'look', with: { name }, effects: 'read', preview: `look ${name}` });

test('reads what a checklist reads, names whom it asks, and says what a watch would do', async () => {
  const world = fakeWorld();
  world.standing.set('page', true);
  const items = [
    { id: 'page', say: 'The page loads', check: look('page') },
    { id: 'notes', say: 'Notes can be read', check: null },
    { id: 'mail', say: 'Mail arrives', check: look('mail') },
  ];
  const onTrip = [planAct({ type: 'put', with: { name: 'pager' }, preview: 'page' })];
  const steps = [
    watchStep('w', { measure: look('page'), onTrip }),
    checklistStep('c', [], { items, approvers: ['lead'] }),
  ];
  const told: DryRunStep[] = [];
  await dryRun({
    plan: plan(steps),
    registry: fakeRegistry(world),
    runbookDir: '/',
    secrets: new Map(),
    clock: systemClock,
    onStep: (step) => told.push(step),
  });
  expect(told.map(({ step, findings }) => [step, findings.map((f) => `${f.level}: ${f.what}`)])).toEqual([
    [
      'w',
      [
        'verified: it can be looked at',
        'simulated: look page every 30s, 3 times; more than 0 failed: hold',
        'verified: on trip: it is there',
      ],
    ],
    [
      'c',
      [
        'verified: The page loads: true now: look page',
        'simulated: asks lead: Notes can be read',
        'unchecked: Mail arrives: not true yet, expected later: look mail (mail does not stand)',
      ],
    ],
  ]);
  expect([...world.done]).toEqual([]);
});
