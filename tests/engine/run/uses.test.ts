/** Targets that a step names in its input: what the plan does not name is out of reach. */
import { expect, test } from 'vitest';
import { planDigest } from '../../../engine/digest.ts';
import type { PlanAct, PlanTarget } from '../../../engine/plan.ts';
import type { Registry } from '../../../engine/registry.ts';
import { actContext } from '../../../engine/run/act-context.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import { dryRun } from '../../../engine/run/dry-run.ts';
import { defineTarget, TargetError, withOpen } from '../../../engine/target.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';

const look = (over: Partial<PlanAct>): PlanAct =>
  planAct({ type: 'look', with: { name: 'a' }, effects: 'read', preview: 'look', ...over });

test('connect reaches the place, the target and the used ones, and no other', async () => {
  const spec = look({ target: 'legacy', uses: ['fresh'] });
  const context = actContext({
    runId: 'r',
    plan: plan([]),
    spec,
    act: 'a/do/0',
    attempt: 1,
    signal: new AbortController().signal,
    clock: systemClock,
    runbookDir: '/',
    connections: { client: async (kind, name) => `${kind} ${name}` },
    reveal: String,
    mask: String,
    log: () => {},
    progress: () => {},
    ledger: () => {
      throw new Error('needs no ledger');
    },
    checkpoint: () => {
      throw new Error('needs no checkpoint');
    },
  });
  const reach = (kind: string, name?: string): Promise<unknown> => context.connect(kind as never, name);
  expect(await reach('shell')).toBe('shell local');
  expect(await reach('mysql')).toBe('mysql legacy');
  expect(await reach('postgres', 'fresh')).toBe('postgres fresh');
  await expect(reach('postgres', 'spare')).rejects.toThrow(
    'engine bug: a/do/0 (look) connects to spare, which it did not declare',
  );
});

const away = withOpen(
  defineTarget({
    kind: 'away',
    config: fakeRegistry(fakeWorld()).targets.get('local')!.config,
    client: 'away',
    via: false,
    files: () => [],
    describe: () => 'away',
  }),
  async () => ({
    open: async (): Promise<never> => {
      throw new TargetError('fresh', 'auth', 'no such user', 'Check the user');
    },
  }),
);

test('a dry run does not look at a step whose used target cannot be reached', async () => {
  const fresh: PlanTarget = { type: 'away', via: null, config: {}, description: 'away' };
  const steps = [actStep('a', { act: look({ uses: ['fresh'] }) }), actStep('b', { act: look({}) })];
  const known = fakeRegistry(fakeWorld());
  const registry: Registry = { ...known, targets: new Map([...known.targets, ['away', away]]) };
  const night = { ...plan(steps), targets: { fresh } };
  const report = await dryRun({
    plan: { ...night, digest: planDigest(night) },
    registry,
    runbookDir: '/',
    secrets: new Map(),
    clock: systemClock,
    onStep: () => {},
  });
  expect(report.steps.map(({ step, findings }) => [step, findings[0]?.level, findings[0]?.what])).toEqual([
    ['target:fresh', 'problem', 'fresh: no such user'],
    ['a', 'unchecked', 'look: fresh cannot be reached'],
    ['b', 'verified', 'it can be looked at'],
  ]);
});
