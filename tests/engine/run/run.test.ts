import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { postCommand } from '../../../engine/journal/inbox.ts';
import type { PlanActStep } from '../../../engine/plan.ts';
import { actStep, autoUndo, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const putAct = (name: string, over: Parameters<typeof planAct>[0] = {}) =>
  planAct({ type: 'put', with: { name }, preview: `put ${name}`, detachable: true, ...over });

const put = (id: string, over: Partial<PlanActStep> = {}, act: Parameters<typeof planAct>[0] = {}) =>
  actStep(id, { act: putAct(id, act), undo: { ...autoUndo, acts: [putAct(id, act)] }, ...over });

const look = (name: string, retry = { limit: 0, intervalMs: 0, backoff: 1 }) =>
  planAct({ type: 'look', with: { name }, effects: 'read', onUnknown: 'rerun', retry });

const types = (night: TestRun) => night.journal().map((e) => e.type);

test('a run is carried out and journaled, and ends', async () => {
  const night = new TestRun(plan([put('a', { verify: [look('a')] }), put('b')]), fakeWorld());
  const { outcome } = await night.session();
  expect(outcome).toBe('succeeded');
  expect([...night.world.done]).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  expect(types(night).slice(0, 8)).toEqual([
    'run-created',
    'session-started',
    'clock-set',
    'step-started',
    'place-known',
    'act-started',
    'act-finished',
    'act-started',
  ]);
  expect(types(night).slice(-2)).toEqual(['run-settled', 'session-ended']);
});

test('sensitive output fields reach neither the journal nor the state', async () => {
  const night = new TestRun(plan([put('a')]), fakeWorld());
  const { state } = await night.session();
  expect(state.acts['a/do/0']?.output).toEqual({ name: 'a' });
  expect(JSON.stringify(night.journal())).not.toContain('sensitive');
});

describe('failures', () => {
  test('a hold without anybody to ask ends the session, resumable', async () => {
    const night = new TestRun(plan([put('a', { preconditions: [look('gone')] })]), fakeWorld());
    const { outcome, state } = await night.session();
    expect(outcome).toBe('held-failed');
    expect(state.hold?.message).toBe('a: gone does not stand');
    night.world.standing.set('gone', true);
    expect((await night.session()).outcome).toBe('succeeded');
  });

  test('a check is polled inside one attempt', async () => {
    const night = new TestRun(
      plan([put('a', { preconditions: [look('late', { limit: 50, intervalMs: 5, backoff: 1 })] })]),
      fakeWorld(),
    );
    setTimeout(() => night.world.standing.set('late', true), 30);
    expect((await night.session()).outcome).toBe('succeeded');
    expect(types(night).filter((t) => t === 'act-started')).toHaveLength(2);
  });

  test('an output that does not match its schema is an error of the step type; the act counts as done', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    night.world.script.set('a', async (_, act) => {
      act();
      return { done: true, output: { name: 7 } };
    });
    const { outcome, state } = await night.session();
    expect(outcome).toBe('held-failed');
    expect(state.hold?.message).toMatch(/^a: output of put does not match its schema: name: /);
    expect(state.acts['a/do/0']?.attempts[0]?.effect).toBe('some');
  });

  test('a throw in the middle of a write is unknown, and probed', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    night.world.script.set('a', async (_, act) => {
      act();
      throw new Error('the line went dead');
    });
    expect((await night.session()).outcome).toBe('succeeded');
    expect(types(night)).toContain('act-probed');
    expect(night.world.done.get('a')).toBe(1);
  });

  test('an unknown outcome waits for a person', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    night.world.script.set('a', async () => Promise.reject(new Error('gone')));
    night.world.probes.set('a', { state: 'unknown', why: 'no trace of it' });
    expect((await night.session()).outcome).toBe('held-human');
    expect((await night.session()).outcome).toBe('held-human');
    expect((await night.session({ commands: [night.resolve('done')] })).outcome).toBe('succeeded');
  });

  test('a timeout aborts the attempt; proven not done, it is tried again', async () => {
    const retry = { limit: 1, intervalMs: 0, backoff: 1 };
    const night = new TestRun(plan([put('a', {}, { timeoutMs: 20, retry })]), fakeWorld());
    night.world.script.set('a', async (context, act) => {
      if (context.attempt === 2) {
        act();
        return { done: true, output: { name: 'a' } };
      }
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      throw context.signal.reason;
    });
    const { outcome, state } = await night.session();
    expect(outcome).toBe('succeeded');
    expect(state.acts['a/do/0']?.attempts.map((a) => a.error?.code ?? a.result)).toEqual(['timeout', 'done']);
  });
});

describe('rollback', () => {
  test('on_failure: rollback restores what was found', async () => {
    const failing = put('b', { onFailure: 'rollback' });
    const night = new TestRun(plan([put('a'), failing]), fakeWorld());
    night.world.script.set('b', async (_, act) => {
      act();
      return { done: false, effect: 'some', retryable: false, short: 'half' };
    });
    const { outcome } = await night.session();
    expect(outcome).toBe('rolled-back');
    expect([...night.world.standing]).toEqual([]);
  });

  test('another terminal asks for it', async () => {
    const night = new TestRun(plan([put('a'), gateStep('gate')]), fakeWorld());
    const session = night.session();
    postCommand(night.dir, { command: 'roll-back', user: 'u', reason: 'enough', at: Date.now() });
    expect((await session).outcome).toBe('rolled-back');
    expect(night.world.standing.size).toBe(0);
  });
});

describe('gates', () => {
  test('an approver in another terminal opens one', async () => {
    const night = new TestRun(plan([gateStep('gate', { minApprovals: 2 }), put('a')]), fakeWorld());
    const session = night.session();
    for (const as of ['lead', 'deputy']) {
      const said = { command: 'approve', gate: 'gate', as, verdict: 'go', unattended: false } as const;
      postCommand(night.dir, { ...said, user: 'u', reason: 'fine', at: Date.now() + 60_000 });
    }
    expect((await session).outcome).toBe('succeeded');
  });

  test('--yes-to-gate speaks only for a gate that allows it', async () => {
    const allowed = gateStep('gate', { allowUnattended: true });
    const night = new TestRun(plan([allowed]), fakeWorld());
    expect((await night.session({ yesToGates: ['gate'] })).outcome).toBe('succeeded');
    const refused = new TestRun(plan([gateStep('gate', { timeoutMs: 30 })]), fakeWorld());
    expect((await refused.session({ yesToGates: ['gate'] })).outcome).toBe('held-human');
  });

  test('the operator is asked once, and the answer counts', async () => {
    const night = new TestRun(plan([gateStep('gate')]), fakeWorld());
    night.view.answer = () => ({ kind: 'gate', verdict: 'go', as: 'lead', reason: 'looks fine' });
    expect((await night.session({ interactive: true })).outcome).toBe('succeeded');
    expect(night.view.asked).toHaveLength(1);
  });

  test('a criterion that cannot be evaluated is a no-go', async () => {
    const gate = gateStep('gate', { criteria: ['steps["a"].output.name == 7 / 0'], onNoGo: 'hold' });
    const night = new TestRun(plan([put('a'), gate]), fakeWorld());
    expect((await night.session()).state.hold?.cause).toBe('no-go');
  });
});

describe('interrupts', () => {
  test('the first leaves work running that outlives the engine; resume follows it', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    let running = false;
    night.world.script.set('a', async (context, act) => {
      if (running) {
        act();
        return { done: true, output: { name: 'a' } };
      }
      running = true;
      setTimeout(() => night.interrupt(1), 5);
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      return { done: false, effect: 'unknown', retryable: false, short: 'left' };
    });
    expect((await night.session()).outcome).toBe('interrupted');
    expect(types(night)).not.toContain('act-finished');
    night.world.probes.set('a', { state: 'alive' });
    expect((await night.session()).outcome).toBe('succeeded');
    expect(types(night).filter((t) => t === 'act-started')).toHaveLength(1);
    expect(night.world.done.get('a')).toBe(1);
  });

  test('the second ends the work', async () => {
    const night = new TestRun(plan([put('a')]), fakeWorld());
    night.world.script.set('a', async (context) => {
      setTimeout(() => night.interrupt(2), 5);
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      expect(context.signal.reason).toBe('stop');
      throw new Error('ended');
    });
    expect((await night.session()).outcome).toBe('interrupted');
    expect(night.journal().find((e) => e.type === 'act-finished')).toMatchObject({
      error: { code: 'stopped' },
    });
  });
});

test('secrets are masked in logs, lines and journal', async () => {
  const value = { secret: [{ name: 'token' }] };
  const night = new TestRun(plan([put('a', {}, { with: { name: 'a', value } })]), fakeWorld());
  night.world.script.set('a', async (context, act) => {
    act();
    const token = context.reveal(value);
    for (const half of [token.slice(0, 5), token.slice(5)]) context.log(half);
    context.log('\n');
    return { done: false, effect: 'none', retryable: false, short: `bad ${token}`, cause: new Error(token) };
  });
  await night.session({ secrets: new Map([['token', 's3cr3t-v4lue']]) });
  const log = join(night.dir, 'logs', 'a.log');
  expect(readFileSync(log, 'utf8')).toContain('***');
  expect(statSync(log).mode & 0o777).toBe(0o600);
  const seen = readFileSync(log, 'utf8') + night.view.lines.join() + JSON.stringify(night.journal());
  expect(seen).not.toContain('s3cr3t');
  expect(seen).not.toContain('v4lue');
});
