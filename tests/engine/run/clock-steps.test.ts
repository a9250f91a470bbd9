/** The machine's clock is set while a run waits; on a manual machine, so that nothing sleeps. */
import { expect, test } from 'vitest';
import type { Recorded } from '../../../engine/decide/events.ts';
import { fold } from '../../../engine/decide/fold.ts';
import { runTime } from '../../../engine/decide/run-time.ts';
import { postCommand } from '../../../engine/journal/inbox.ts';
import { readingOf, startClock } from '../../../engine/run/clock.ts';
import { actStep, gateStep, plan, planAct, waitStep } from '../../support/plan-builder.ts';
import { fakeWorld } from './fake-steps.ts';
import { ManualMachine } from './manual-machine.ts';
import { TestRun } from './test-run.ts';

const hour = 3_600_000;

const put = (id: string, atMs: number | null = null) =>
  actStep(id, { atMs, act: planAct({ type: 'put', with: { name: id }, preview: `put ${id}` }) });

const session = (night: TestRun, machine: ManualMachine, over: Parameters<TestRun['session']>[0] = {}) =>
  night.session({ clock: startClock(fold(night.journal()), machine), ...over });

const steps = (night: TestRun): number[] =>
  night.journal().flatMap((e) => (e.type === 'clock-stepped' ? [e.byMs] : []));

const near = (expected: number) => (actual: number) => Math.abs(actual - expected) < 1_500;

const at = (events: readonly Recorded[], type: string): number =>
  events.find((e) => e.type === type)?.at ?? 0;

test.each([
  ['back', -hour],
  ['forward', hour],
])('a wait of 5 s lasts 5 s where the clock is set %s by an hour', async (_, byMs) => {
  const night = new TestRun(plan([put('a'), waitStep('w', 5_000), put('b')]), fakeWorld());
  const machine = new ManualMachine(Date.now());
  machine.plan(2_000, () => machine.setClock(byMs));
  expect((await session(night, machine)).outcome).toBe('succeeded');
  expect(machine.real).toBeGreaterThanOrEqual(5_000);
  expect(machine.real).toBeLessThan(8_000);
  expect(steps(night)).toHaveLength(1);
  expect(steps(night)[0]).toSatisfy(near(byMs));
  const events = night.journal();
  expect(at(events, 'run-settled') - at(events, 'session-started')).toBeLessThan(8_000);
});

test('no window opens anew and T0 stays, in the session and after it', async () => {
  const timed = plan([put('a', 0), waitStep('w', 5_000), put('b', 0)], {
    timeline: { opensMs: 0, hardStopMs: 20 * 60_000 },
  });
  const night = new TestRun(timed, fakeWorld());
  const epoch = Date.now();
  const machine = new ManualMachine(epoch);
  machine.plan(2_000, () => machine.setClock(-hour));
  machine.plan(4_000, () => night.interrupt(1));
  const setClock = { t0: epoch, skipWaits: false };
  expect((await session(night, machine, { setClock })).outcome).toBe('interrupted');
  const { outcome, state } = await session(night, machine);
  expect(outcome).toBe('succeeded');
  expect(machine.real).toBeLessThan(10_000);
  expect(state.clock?.t0).toBe(epoch);
  expect(steps(night)).toHaveLength(1);
  expect(state.clockOffMs).toSatisfy(near(-hour));
});

test.each(['boot-1', null])(
  'a clock that is set while no engine runs: announced, nothing waits anew (%s)',
  async (boot) => {
    const night = new TestRun(plan([put('a'), waitStep('w', 5_000), put('b')]), fakeWorld());
    const machine = new ManualMachine(Date.now(), boot);
    machine.plan(2_000, () => night.interrupt(1));
    expect((await session(night, machine)).outcome).toBe('interrupted');
    machine.setClock(-hour);
    expect((await session(night, machine)).outcome).toBe('succeeded');
    expect(machine.real).toBeLessThan(9_000);
    expect(steps(night)).toHaveLength(1);
    expect(steps(night)[0]).toSatisfy(near(-hour));
  },
);

test('a clock that is put right again is announced too, and leaves the run where it was', async () => {
  const night = new TestRun(plan([waitStep('w', 10_000)]), fakeWorld());
  const machine = new ManualMachine(Date.now());
  machine.plan(2_000, () => machine.setClock(-hour));
  machine.plan(5_000, () => night.interrupt(1));
  await session(night, machine);
  machine.setClock(hour);
  // A reboot: nothing is left that tells how much time has passed but the clock, which is right now.
  machine.bootId = 'boot-2';
  const { outcome, state } = await session(night, machine);
  expect(outcome).toBe('succeeded');
  expect(machine.real).toBeLessThan(13_000);
  expect(steps(night)).toHaveLength(2);
  expect(Math.abs(state.clockOffMs)).toBeLessThan(1_500);
});

test('time continues while the machine is suspended', async () => {
  const night = new TestRun(plan([waitStep('w', 60_000)]), fakeWorld());
  const machine = new ManualMachine(Date.now());
  machine.plan(2_300, () => machine.suspend(50_000));
  expect((await session(night, machine)).outcome).toBe('succeeded');
  expect(machine.real).toBeLessThan(63_000);
  expect(machine.monotonic()).toBeLessThan(13_000);
  expect(steps(night)).toEqual([]);
});

test('what NTP does by small amounts is not announced', async () => {
  const night = new TestRun(plan([waitStep('w', 10_000)]), fakeWorld());
  const machine = new ManualMachine(Date.now());
  for (const second of [2, 4, 6]) machine.plan(second * 1_000, () => machine.setClock(-500));
  expect((await session(night, machine)).outcome).toBe('succeeded');
  expect(steps(night)).toEqual([]);
});

test.each([-hour, hour])('a no-go counts, whatever the clock of who says it (%d)', async (byMs) => {
  const gated = plan([put('a'), gateStep('g', { timeoutMs: 60_000, onNoGo: 'hold' }), put('b')]);
  const night = new TestRun(gated, fakeWorld());
  const machine = new ManualMachine(Date.now());
  machine.plan(2_000, () => machine.setClock(byMs));
  machine.plan(2_500, () => {
    const state = fold(night.journal());
    const said = {
      as: 'lead',
      unattended: false,
      user: 'u',
      reason: 'no',
      at: runTime(state, readingOf(machine)),
    };
    postCommand(night.dir, { command: 'approve', gate: 'g', verdict: 'no_go', ...said });
  });
  machine.plan(20_000, () => night.interrupt(1));
  const { state } = await session(night, machine);
  expect(state.steps.g?.gate?.verdict).toBe('no_go');
  expect(state.steps.b?.state ?? 'pending').toBe('pending');
});

test('what comes from a clock that is ahead is as old as its arrival', async () => {
  const gated = plan([gateStep('g', { timeoutMs: 60_000, onNoGo: 'hold' })]);
  const night = new TestRun(gated, fakeWorld());
  const machine = new ManualMachine(Date.now());
  machine.plan(2_500, () => {
    const said = { as: 'lead', unattended: false, user: 'u', reason: 'no', at: machine.wall() + hour };
    postCommand(night.dir, { command: 'approve', gate: 'g', verdict: 'no_go', ...said });
  });
  machine.plan(20_000, () => night.interrupt(1));
  expect((await session(night, machine)).state.steps.g?.gate?.verdict).toBe('no_go');
});
