import { expect, test } from 'vitest';
import type { RunOptions } from '../../../engine/run/options.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { Night } from './harness.ts';

const put = (id: string, over: Parameters<typeof planAct>[0] = {}) => {
  const act = planAct({ type: 'put', with: { name: id }, ...over });
  return actStep(id, { act, undo: { ...autoUndo, acts: [act] } });
};

const fails = async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }) as const;

/** Each step type waits for ever before its act. */
const preparingForever = (registry: RunOptions['registry']): RunOptions['registry'] => ({
  ...registry,
  steps: new Map(
    [...registry.steps].map(([name, type]) => {
      const load = async () => {
        const { acts } = await type.load();
        return { acts: { ...acts, prepare: () => new Promise<never>(() => {}) } };
      };
      return [name, { ...type, load }];
    }),
  ),
});

test('a preparation that reaches its time limit is an attempt that failed, not one tried without end', async () => {
  const retry = { limit: 1, intervalMs: 1, backoff: 1 };
  const night = new Night(plan([put('a', { timeoutMs: 10, retry })]), fakeWorld());
  const registry = preparingForever(fakeRegistry(night.world));
  const { outcome, state } = await night.session({ registry });
  expect(outcome).toBe('held-failed');
  expect(state.acts['a/do/0']?.attempts.map((a) => [a.effect, a.error?.code])).toEqual([
    ['none', 'timeout'],
    ['none', 'timeout'],
  ]);
});

test('an input in which the text of a secret stands is undone as it was, in later sessions too', async () => {
  const night = new Night(plan([put('deploy-a'), put('b')]), fakeWorld());
  const secrets = new Map([['password', 'deploy']]);
  night.world.script.set('b', fails);
  await night.session({ secrets });
  expect([...night.world.standing.keys()]).toEqual(['deploy-a']);
  const back = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
  const { outcome, state } = await night.session({ secrets, commands: [back] });
  expect(outcome).toBe('rolled-back');
  expect([...night.world.standing.keys()]).toEqual([]);
  expect(state.acts['deploy-a/do/0']?.input).toEqual({ name: '***-a' });
});

test('what is said after the clock was set back answers the hold', async () => {
  const night = new Night(plan([put('a')]), fakeWorld());
  night.world.script.set('a', fails);
  await night.session();
  night.world.script.clear();
  const clock = {
    now: () => Date.now() - 3_600_000,
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, Math.min(ms, 5))),
  };
  expect((await night.session({ clock })).outcome).toBe('succeeded');
});
