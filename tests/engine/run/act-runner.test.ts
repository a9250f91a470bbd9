import { expect, test } from 'vitest';
import { postCommand } from '../../../engine/journal/inbox.ts';
import type { RunOptions } from '../../../engine/run/options.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';
import { type FakeWorld, fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const put = (id: string, over: Parameters<typeof planAct>[0] = {}) => {
  const act = planAct({ type: 'put', with: { name: id }, ...over });
  return actStep(id, { act, undo: { ...autoUndo, acts: [act] } });
};

const fails = async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }) as const;

/** What each step type waits for without end. */
const waiting = (world: FakeWorld, name: 'prepare' | 'end'): RunOptions['registry'] => ({
  ...fakeRegistry(world),
  steps: new Map(
    [...fakeRegistry(world).steps].map(([of, type]) => {
      const load = async () => {
        const { acts } = await type.load();
        return { acts: { ...acts, [name]: () => new Promise<never>(() => {}) } };
      };
      return [of, { ...type, load }];
    }),
  ),
});

test('a preparation that reaches its time limit is an attempt that failed, not one tried without end', async () => {
  const retry = { limit: 1, intervalMs: 1, backoff: 1 };
  const night = new TestRun(plan([put('a', { timeoutMs: 10, retry })]), fakeWorld());
  const registry = waiting(night.world, 'prepare');
  const { outcome, state } = await night.session({ registry });
  expect(outcome).toBe('held-failed');
  expect(state.acts['a/do/0']?.attempts.map((a) => [a.effect, a.error?.code])).toEqual([
    ['none', 'timeout'],
    ['none', 'timeout'],
  ]);
});

test('an input that contains the text of a secret is undone unmasked, in later sessions too', async () => {
  const night = new TestRun(plan([put('deploy-a'), put('b')]), fakeWorld());
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

test('an answer after the clock was set back counts for the hold', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  night.world.script.set('a', fails);
  await night.session();
  night.world.script.clear();
  const clock = {
    now: () => Date.now() - 3_600_000,
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, Math.min(ms, 5))),
  };
  expect((await night.session({ clock })).outcome).toBe('succeeded');
});

test('an interrupt ends the wait for work that does not end, and the next session ends it', async () => {
  const night = new TestRun(plan([put('a', { detachable: true })]), fakeWorld());
  night.world.script.set('a', async ({ signal }) => {
    const left = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    setTimeout(() => night.interrupt(1), 5);
    await left;
    return { done: false, effect: 'unknown', retryable: false, short: 'left running' };
  });
  expect((await night.session()).outcome).toBe('interrupted');
  const back = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
  setTimeout(() => night.interrupt(1), 50);
  const registry = waiting(night.world, 'end');
  expect((await night.session({ registry, commands: [back] })).outcome).toBe('interrupted');
  expect((await night.session()).outcome).toBe('rolled-back');
});

test('a choice left in the inbox comes before what resume alone means', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  night.world.script.set('a', fails);
  await night.session();
  postCommand(night.dir, night.resolve('skip'));
  const { state } = await night.session();
  expect(state.steps.a?.state).toBe('skipped');
  expect(state.acts['a/do/0']?.attempts).toHaveLength(1);
});
