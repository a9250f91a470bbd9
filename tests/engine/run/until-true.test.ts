/** Reads with `until`, on a manual machine: how often they read, how they end, and what is journaled of it. */

import { expect, test } from 'vitest';
import * as z from 'zod';
import { fold } from '../../../engine/decide/fold.ts';
import { postCommand } from '../../../engine/journal/inbox.ts';
import type { PlanAct, PlanUntil } from '../../../engine/plan.ts';
import { startClock } from '../../../engine/run/clock.ts';
import type { ActContext } from '../../../engine/step.ts';
import { type AnyStepType, defineStep, type Outcome, withActs } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import type { Progress } from '../../../engine/views/meter.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { ManualMachine } from './manual-machine.ts';
import { TestRun } from './test-run.ts';

type Lag = (context: ActContext, atMs: number) => Promise<Outcome<unknown>> | number;

/** A replica whose lag is what the test says at that time. */
const replica = (machine: ManualMachine, lag: Lag, reads: number[]): AnyStepType =>
  withActs(
    defineStep({
      type: 'replica',
      summary: 'Reads the lag of a replica',
      input: z.strictObject({}),
      output: z.strictObject({ rows: z.array(z.record(z.string(), z.json())) }),
      examples: [],
      places: ['local'],
      onUnknown: 'rerun',
      effects: () => 'read',
      preview: () => 'SHOW REPLICA STATUS',
    }),
    async () => ({
      acts: {
        check: async () => [],
        async run(context: ActContext) {
          reads.push(machine.real);
          const found = await lag(context, machine.real);
          if (typeof found !== 'number') return found as Outcome<{ rows: { lag: number }[] }>;
          return { done: true, output: { rows: found < 0 ? [] : [{ lag: found }] } };
        },
        probe: async () => ({ state: 'not-done' }),
      },
    }),
  );

const until: PlanUntil = { expr: 'result.rows[0].lag == 0', everyMs: 5_000, forMs: 60_000 };
const waiting = (over: Partial<PlanAct> = {}): PlanAct =>
  planAct({ type: 'replica', effects: 'read', onUnknown: 'rerun', preview: 'lag', until, ...over });

const put = planAct({ type: 'put', with: { name: 'b' }, preview: 'put b' });

const sessionOf = (acts: Parameters<typeof actStep>[1], lag: Lag) => {
  const test = new TestRun(plan([actStep('s', acts)]), fakeWorld());
  const machine = new ManualMachine(Date.now());
  const reads: number[] = [];
  const progress: Progress[] = [];
  test.view.progress = (_, p) => void progress.push(p);
  const registry = () => {
    const known = fakeRegistry(test.world);
    return { ...known, steps: new Map([...known.steps, ['replica', replica(machine, lag, reads)]]) };
  };
  const session = () =>
    test.session({ registry: registry(), clock: startClock(fold(test.journal()), machine) });
  return { test, machine, reads, progress, session };
};

const ends = (test: TestRun) => test.journal().filter((e) => e.type === 'act-finished');

test('it is read every five seconds until it is true, and one event says so', async () => {
  const { test, reads, progress, session } = sessionOf({ act: waiting() }, (_, at) => (at < 12_000 ? 12 : 0));
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toEqual([0, 5_000, 10_000, 15_000]);
  expect(ends(test)).toMatchObject([
    {
      act: 's/do/0',
      result: 'done',
      output: { rows: [{ lag: 0 }] },
      polled: { reads: 4, value: 'lag was 0' },
    },
  ]);
  expect(test.journal().filter((e) => e.type === 'act-started')).toHaveLength(1);
  expect(progress.map((p) => [p.done, p.total, p.unit, p.said])).toEqual([
    [0, 60_000, 'ms', 'lag was 12'],
    [5_000, 60_000, 'ms', 'lag was 12'],
    [10_000, 60_000, 'ms', 'lag was 12'],
    [15_000, 60_000, 'ms', 'lag was 0'],
  ]);
});

test('after `for` the step has failed, with the last value', async () => {
  const { test, reads, session } = sessionOf({ act: waiting() }, () => 12);
  const { outcome, state } = await session();
  expect(outcome).toBe('held-failed');
  expect(state.hold?.message).toBe('s: not true after 1m: lag was 12');
  expect(reads.at(-1)).toBe(60_000);
  expect(reads).toHaveLength(13);
  expect(ends(test)).toMatchObject([
    { result: 'failed', effect: 'none', retryable: false, polled: { reads: 13, value: 'lag was 12' } },
  ]);
});

test('the last pause is cut short: a last read is made when `for` is over', async () => {
  const act = waiting({ until: { ...until, everyMs: 40_000 } });
  const { reads, session } = sessionOf({ act }, (_, at) => (at < 50_000 ? 3 : 0));
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toEqual([0, 40_000, 60_000]);
});

test.each(['pre', 'verify'] as const)('%s: the read of a check waits too', async (phase) => {
  const check = waiting({ message: 'The replica is behind' });
  const step = phase === 'pre' ? { act: put, preconditions: [check] } : { act: put, verify: [check] };
  const { test, reads, session } = sessionOf(step, (_, at) => (at < 12_000 ? 12 : 0));
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toHaveLength(4);
  expect(test.world.done.get('b')).toBe(1);
});

test('a check that waits in vain gives its message and the last value', async () => {
  const check = waiting({ message: 'The replica is behind' });
  const { session } = sessionOf({ act: put, preconditions: [check] }, () => 7);
  const { state } = await session();
  expect(state.hold?.message).toBe('s: The replica is behind (not true after 1m: lag was 7)');
});

const refused = new TargetError('db', 'unreachable', 'connection refused', 'wait');

test('a connection that is refused in between does not end it', async () => {
  const lag: Lag = async (_, at) => {
    if (at >= 5_000 && at <= 20_000) throw refused;
    return { done: true, output: { rows: [{ lag: at < 30_000 ? 4 : 0 }] } };
  };
  const { reads, session } = sessionOf({ act: waiting() }, lag);
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toHaveLength(7);
});

test('one that stays refused is told at the end, with the last value before', async () => {
  const lag: Lag = async (_, at) => {
    if (at >= 5_000) throw refused;
    return { done: true, output: { rows: [{ lag: 4 }] } };
  };
  const { session } = sessionOf({ act: waiting() }, lag);
  const { state } = await session();
  expect(state.hold?.message).toBe(
    's: not true after 1m: the last read failed (db: connection refused); before that, lag was 4',
  );
  expect(state.hold?.remedy).toBe('wait');
});

test('a failure that no second read can change ends it at once', async () => {
  const failure = { done: false, effect: 'none', retryable: false, short: 'no such table' } as const;
  const { reads, session } = sessionOf({ act: waiting() }, async () => failure);
  const { state } = await session();
  expect(reads).toEqual([0]);
  expect(state.hold?.message).toBe('s: no such table');
});

test('a row that is not there yet is waited for', async () => {
  const { session, reads } = sessionOf({ act: waiting() }, (_, at) => (at < 7_000 ? -1 : 0));
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toEqual([0, 5_000, 10_000]);
});

test('a condition that is neither true nor false ends it at once', async () => {
  const act = waiting({ until: { ...until, expr: 'result.rows[0].lag' } });
  const { reads, session } = sessionOf({ act }, () => 12);
  const { state } = await session();
  expect(reads).toEqual([0]);
  expect(state.hold?.message).toBe('s: result.rows[0].lag: neither true nor false');
});

const hangs = (context: ActContext) =>
  new Promise<Outcome<unknown>>((_, reject) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason));
  });

test('a read that hangs is cut off by its own timeout, and the next one is made', async () => {
  const act = waiting({ timeoutMs: 3_000 });
  const lag: Lag = (context, at) => (at < 20_000 ? hangs(context) : 0);
  const { reads, session } = sessionOf({ act }, lag);
  expect((await session()).outcome).toBe('succeeded');
  expect(reads).toEqual([0, 8_000, 16_000, 24_000]);
});

test('no read hangs longer than until the end of `for`', async () => {
  const { machine, session } = sessionOf({ act: waiting({ timeoutMs: 300_000 }) }, hangs);
  const { state } = await session();
  expect(state.hold?.message).toMatch(/^s: not true after 1m.*the last read failed \(no answer within /);
  expect(machine.real).toBeLessThanOrEqual(66_000);
});

test('Ctrl-C ends the wait at once, and the resumed run reads anew with the whole time', async () => {
  const { test, machine, reads, session } = sessionOf({ act: waiting() }, (_, at) => (at < 100_000 ? 2 : 0));
  machine.plan(52_000, () => test.interrupt(1));
  expect((await session()).outcome).toBe('interrupted');
  expect(machine.real).toBeLessThan(52_500);
  machine.suspend(20_000);
  expect((await session()).outcome).toBe('succeeded');
  expect(reads.at(-1)).toBeGreaterThanOrEqual(100_000);
  expect(test.view.notes).toEqual([]);
  const attempts = test.journal().filter((e) => e.type === 'act-started');
  expect(attempts).toHaveLength(2);
});

test('a rollback ends the wait', async () => {
  const { test, machine, reads, session } = sessionOf({ act: waiting() }, () => 2);
  machine.plan(12_000, () => {
    postCommand(test.dir, { command: 'roll-back', user: 'u', reason: 'enough', at: Date.now() });
  });
  const { outcome } = await session();
  expect(outcome).toBe('rolled-back');
  expect(reads.length).toBeLessThan(13);
  expect(ends(test)).toMatchObject([{ result: 'failed', error: { code: 'stopped' }, effect: 'none' }]);
});
