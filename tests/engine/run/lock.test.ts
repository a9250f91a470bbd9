/** The lock of a run: taken before anything, kept alive, lost in time, given back at the end. */
import { expect, test } from 'vitest';
import { fold } from '../../../engine/decide/fold.ts';
import type { Plan } from '../../../engine/plan.ts';
import { startClock } from '../../../engine/run/clock.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';
import { otherRun } from './fake-locks.ts';
import { fakeWorld } from './fake-steps.ts';
import { ManualMachine } from './manual-machine.ts';
import { TestRun } from './test-run.ts';

const put = (id: string) => {
  const act = planAct({ type: 'put', with: { name: id }, preview: `put ${id}`, timeoutMs: 3_600_000 });
  return actStep(id, { act, undo: { ...autoUndo, acts: [act] } });
};

const lock = { name: 'switchover', runOn: 'local', ttlMs: 60_000 };
const locked = (...steps: Parameters<typeof plan>[0]): Plan => ({ ...plan(steps), lock });

const lockEvents = (run: TestRun) =>
  run.journal().flatMap((e) => (e.type.startsWith('lock-') ? [e.type] : []));

/** All clocks are the machine's. */
const onMachine = (of: Plan) => {
  const run = new TestRun(of, fakeWorld());
  const machine = new ManualMachine(Date.now());
  run.world.locks.now = () => machine.real;
  const session = (over = {}) => run.session({ clock: startClock(fold(run.journal()), machine), ...over });
  /** The act of this step takes so long. */
  const takes = (name: string, ms: number) =>
    run.world.script.set(name, async ({ clock }, act) => {
      await clock.sleep(ms);
      act();
      return { done: true, output: { name } };
    });
  return { run, machine, session, takes, locks: run.world.locks };
};

test('it is taken before the first step, and given back before the run is settled', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  expect((await session({ lockReason: 'planned' })).outcome).toBe('succeeded');
  const types = run.journal().map((e) => e.type);
  expect(types.indexOf('lock-taken')).toBeLessThan(types.indexOf('step-started'));
  expect(types.slice(-3)).toEqual(['lock-given-back', 'run-settled', 'session-ended']);
  expect(locks.of('switchover')).toMatchObject({
    run: 'r1',
    user: 'u',
    host: 'h',
    reason: 'planned',
    free: true,
  });
});

test('while another run has it, nothing starts; once it is free, resume goes on', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  locks.put('switchover', otherRun, 1_000);
  const { outcome, state } = await session();
  expect(outcome).toBe('held-lock');
  expect(state.hold).toMatchObject({
    cause: 'lock',
    message:
      'lock switchover on local: it is held by run r-other of switchover, by ops@desk: the planned switchover',
    choices: ['retry', 'stop'],
  });
  expect(run.journal().some((e) => e.type === 'step-started')).toBe(false);
  locks.put('switchover', { ...otherRun, free: true }, 0);
  expect((await session()).outcome).toBe('succeeded');
  expect(lockEvents(run)).toEqual(['lock-refused', 'lock-taken', 'lock-given-back']);
});

test('one whose engine gave no sign of life for its ttl is taken over, and that is journaled', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  locks.put('switchover', otherRun, 60_001);
  expect((await session()).outcome).toBe('succeeded');
  const { reason, run: id, user } = otherRun;
  expect(run.journal().find((e) => e.type === 'lock-taken')).toMatchObject({
    token: 2,
    from: { run: id, user, reason },
  });
});

test('one of a held run is not taken over, however long it has been', async () => {
  const { session, locks } = onMachine(locked(put('a')));
  locks.put('switchover', otherRun, null);
  expect((await session()).outcome).toBe('held-lock');
});

test('an entry that cannot be read counts as held', async () => {
  const { session, locks } = onMachine(locked(put('a')));
  locks.entries.set('switchover', { token: 1, text: 'from the future', signAt: 0 });
  const { state } = await session();
  expect(state.hold?.message).toBe('lock switchover on local: its entry there cannot be read');
});

test('a place that cannot be reached is told, with what to do', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  locks.away = true;
  const { outcome, state } = await session();
  expect(outcome).toBe('held-lock');
  expect(state.hold).toMatchObject({
    message: 'lock switchover on local: its place cannot be asked (local: no route to host)',
    remedy: 'wait',
  });
  expect(run.world.done.size).toBe(0);
});

test('a long act keeps it alive', async () => {
  const { session, takes, locks } = onMachine(locked(put('a')));
  takes('a', 600_000);
  expect((await session()).outcome).toBe('succeeded');
  expect(locks.signs).toBeGreaterThanOrEqual(25);
});

test('a held run keeps it without any engine, and takes it again when it is resumed', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  run.world.script.set('a', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
  expect((await session()).outcome).toBe('held-failed');
  expect(locks.entries.get('switchover')?.signAt).toBe(null);
  run.world.script.clear();
  expect((await session()).outcome).toBe('succeeded');
  expect(lockEvents(run)).toEqual(['lock-taken', 'lock-taken', 'lock-given-back']);
});

test('where its place is away for a moment, it is kept', async () => {
  const { run, machine, session, takes, locks } = onMachine(locked(put('a'), put('b')));
  takes('a', 120_000);
  machine.plan(15_000, () => {
    locks.away = true;
  });
  machine.plan(30_000, () => {
    locks.away = false;
  });
  expect((await session()).outcome).toBe('succeeded');
  expect(run.view.notes).toHaveLength(1);
  expect(run.view.notes[0]).toMatch(
    /^No sign of life could be written for lock switchover: .*It is tried again$/,
  );
});

test('where it stays away, nothing new starts before another run may take the lock over', async () => {
  const { run, machine, session, takes, locks } = onMachine(locked(put('a'), put('b')));
  takes('a', 120_000);
  machine.plan(15_000, () => {
    locks.away = true;
  });
  const { outcome, state } = await session();
  expect(outcome).toBe('held-lock');
  expect(state.hold?.message).toMatch(/no sign of life could be written for so long/);
  const lost = run.journal().find((e) => e.type === 'lock-lost');
  expect(lost?.at).toBeLessThan((locks.entries.get('switchover')?.signAt ?? 0) + machine.wallOffMs + 60_000);
  expect(run.world.done.has('b')).toBe(false);
  locks.away = false;
  expect((await session()).outcome).toBe('succeeded');
});

test('one that another run has taken over meanwhile is found to be lost: resume is refused', async () => {
  const { run, machine, session, takes, locks } = onMachine(locked(put('a'), put('b')));
  takes('a', 50_000);
  machine.plan(30_000, () => locks.put('switchover', otherRun, 0));
  const { outcome, state } = await session();
  expect(outcome).toBe('held-lock');
  expect(state.hold?.message).toMatch(/its place has another entry by now/);
  expect((await session()).outcome).toBe('held-lock');
  expect(run.world.done.has('b')).toBe(false);
  expect(locks.of('switchover')?.run).toBe('r-other');
});

test('it is taken for a rollback of a run that had given it back', async () => {
  const { run, session } = onMachine(locked(put('a')));
  await session();
  const command = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
  expect((await session({ commands: [command] })).outcome).toBe('rolled-back');
  expect(lockEvents(run)).toEqual(['lock-taken', 'lock-given-back', 'lock-taken', 'lock-given-back']);
});

test('a rollback of a held run waits for the lock that another run has', async () => {
  const { run, session, locks } = onMachine(locked(put('a'), put('b')));
  run.world.script.set('b', async () => ({ done: false, effect: 'none', retryable: false, short: 'no' }));
  await session();
  locks.put('switchover', otherRun, 0);
  const command = { command: 'roll-back', user: 'u', reason: 'r', at: Date.now() } as const;
  const { outcome, state } = await session({ commands: [command] });
  expect([outcome, state.rollback !== null]).toEqual(['held-lock', true]);
  expect(run.world.standing.has('a')).toBe(true);
});

test('where it cannot be given back, the run ends all the same, and that is told', async () => {
  const { run, session, locks } = onMachine(locked(put('a')));
  run.world.script.set('a', async (_, act) => {
    act();
    locks.away = true;
    return { done: true, output: { name: 'a' } };
  });
  expect((await session()).outcome).toBe('succeeded');
  expect(run.journal().find((e) => e.type === 'lock-given-back')).toMatchObject({
    left: 'local: no route to host',
  });
});
