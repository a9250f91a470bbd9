/** Right values for: until when can we roll back, what would it undo, are we late. Minutes from T0 = 0. */
import { describe, expect, test } from 'vitest';
import { outlook } from '../../../engine/decide/outlook.ts';
import type { PlanActStep, PlanStep, PlanUndo } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import {
  actStep,
  autoUndo,
  gateStep,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../../support/plan-builder.ts';

const minute = 60_000;
const at = (n: number) => n * minute;

const undo = (minutes: number): PlanUndo => ({ ...autoUndo, expectedMs: minutes * minute });
const none = (why: string): PlanUndo => ({ ...autoUndo, mode: 'none', why, acts: [] });
const none0 = none('mails sent');

const timed = (id: string, atMin: number | null, expectedMin: number, over: Partial<PlanActStep> = {}) =>
  actStep(id, {
    atMs: atMin === null ? null : at(atMin),
    expectedMs: at(expectedMin),
    undo: undo(1),
    ...over,
  });

/** Dump at T-30m, go or no-go at T-1m, the site opens at T0, and what comes after it. */
const cutover = (over: { stop?: number | null; extra?: readonly PlanStep[]; gateAt?: number | null } = {}) =>
  plan(
    [
      timed('dump', -30, 5),
      ...(over.extra ?? []),
      gateStep('go', { atMs: over.gateAt === null ? null : at(over.gateAt ?? -1), expectedMs: at(1) }),
      'line',
      timed('open', over.gateAt === null ? null : 0, 1),
      timed('mails', null, 20, { undo: none0 }),
    ],
    { timeline: { opensMs: null, hardStopMs: over.stop === null ? null : at(over.stop ?? 35) } },
  );

const started = (from: ReturnType<typeof plan>, nowMin: number, world: World = {}) =>
  new CoreRun(from, world, { t0: 0, now: at(nowMin) }).go();

const until = (run: CoreRun, nowMin: number) => {
  const limit = outlook(run.plan, run.state, at(nowMin)).rollbackUntil;
  return limit && [limit.because, limit.at / minute];
};

describe('until when a rollback is possible', () => {
  test('one second before the point of no return: until the point of no return, not until the hard stop', () => {
    const run = started(cutover(), -30).wait().approve('go', 'lead');
    expect(until(run, -1 / 60)).toEqual(['point-of-no-return', 0]);
  });

  test.each([
    ['the point of no return comes first', 35, -29, ['point-of-no-return', 0]],
    ['the hard stop minus the rollback comes first', 0.5, -29, ['hard-stop', -0.5]],
    ['without a hard stop', null, -29, ['point-of-no-return', 0]],
    ['late: the crossing moves with the run', 35, 3, ['point-of-no-return', 3]],
  ] as const)('%s', (_, stop, now, expected) => {
    // The act at T-30m has been done; the gate waits for T-1m.
    const run = started(cutover({ stop }), -30);
    expect(until(run, now)).toEqual(expected);
  });

  test("without a point of no return: the hard stop minus the rollback; the gate's timeout is no part of it", () => {
    const steps = [
      timed('a', -30, 5, { undo: undo(4) }),
      gateStep('ask', { atMs: at(-1) }),
      timed('b', 0, 1),
    ];
    const run = started(plan(steps, { timeline: { opensMs: null, hardStopMs: at(35) } }), -30);
    expect(until(run, -20)).toEqual(['hard-stop', 31]);
    expect(until(run, 33)).toEqual(['hard-stop', 31]);
  });

  test('an open gate may be answered at any moment', () => {
    const run = started(cutover({ gateAt: null }), -30);
    expect(run.state.steps.go?.gate?.verdict).toBeNull();
    expect(until(run, -30)).toEqual(['point-of-no-return', -30]);
  });

  test('a wait between is counted for as long as it lasts; the gate after it may be answered at once', () => {
    const run = started(cutover({ gateAt: null, extra: [waitStep('settle', at(10))] }), -30);
    expect(until(run, -30)).toEqual(['point-of-no-return', -20]);
    expect(until(run, -25)).toEqual(['point-of-no-return', -20]);
  });

  test('gates that have not opened yet may be answered as soon as they open, whatever they are expected to take', () => {
    const asked = gateStep('ask', { expectedMs: at(10) });
    const run = started(cutover({ gateAt: null, extra: [waitStep('settle', at(10)), asked] }), -30);
    expect(until(run, -30)).toEqual(['point-of-no-return', -20]);
    // Only the limit is the earliest moment: what is expected counts them as planned.
    expect(outlook(run.plan, run.state, at(-30)).projectedEnd).toBe(at(12));
  });

  test('a held run comes no nearer to a crossing that has no planned instant', () => {
    const fails: World = {
      act: (d) => (d.act === 'dump/do/0' ? { effect: 'some', retryable: false } : 'done'),
    };
    const held = started(cutover({ gateAt: null }), -30, fails);
    expect(held.state.hold).not.toBeNull();
    expect(until(held, -20)).toEqual(['hard-stop', 34]);
    const unlimited = started(cutover({ gateAt: null, stop: null }), -30, fails);
    expect(outlook(unlimited.plan, unlimited.state, at(-20)).rollbackUntil).toMatchObject({ fixed: false });
    const planned = started(cutover(), -30, fails);
    expect(until(planned, -20)).toEqual(['point-of-no-return', 0]);
  });

  test('after the point of no return, in a rollback and after the end: no such moment', () => {
    const run = started(cutover(), -30).wait().approve('go', 'lead').wait();
    expect(run.state.line).not.toBeNull();
    expect(until(run, 1)).toBeNull();
    const back = started(cutover(), -30);
    back.say({ command: 'roll-back', user: 'u', reason: 'r', at: back.now });
    expect(until(back, -29)).toBeNull();
    expect(until(back.go(), -29)).toBeNull();
  });
});

describe('what a rollback would undo', () => {
  const steps = [timed('a', null, 1), timed('mails', null, 1, { undo: none0 }), gateStep('ask')];

  test('what has no undo is not undoable: it stays, and says why', () => {
    const run = started(plan(steps), 0);
    expect(outlook(run.plan, run.state, 0)).toMatchObject({
      canGoBack: { yes: true, why: '1 step to undo' },
      undoes: ['a'],
      stays: [{ step: 'mails', why: 'mails sent' }],
      rollbackOwedMs: minute,
    });
  });

  test('where no finished step can be undone, a rollback is not possible', () => {
    const run = started(plan(steps.slice(1)), 0);
    expect(outlook(run.plan, run.state, 0)).toMatchObject({
      canGoBack: { yes: false },
      undoes: [],
      stays: [{ step: 'mails', why: 'mails sent' }],
    });
  });

  test('after the rollback, what was left as it is still stays', () => {
    const run = started(plan(steps), 0);
    run.say({ command: 'roll-back', user: 'u', reason: 'r', at: 0 });
    expect(outlook(run.go().plan, run.state, 0)).toMatchObject({
      canGoBack: { yes: false },
      undoes: [],
      stays: [{ step: 'mails', why: 'mails sent' }],
    });
  });
});

describe('whether the hard stop is kept', () => {
  const watched = plan(
    [
      timed('a', -30, 5),
      timed('open', 0, 1),
      watchStep('logins', { atMs: 0, untilMs: at(40), count: null }),
      timed('mails', 5, 25),
    ],
    { timeline: { opensMs: null, hardStopMs: at(30) } },
  );

  test('a watch and later steps that continue after it do not violate it', () => {
    const run = started(watched, -30);
    const view = outlook(run.plan, run.state, at(-29));
    expect(view.projectedDone).toBe(at(1));
    expect(view.projectedEnd).toBe(at(40));
  });

  test('it is kept once the steps at T0 are over', () => {
    const run = started(watched, -30).wait();
    expect(run.state.steps.open?.state).toBe('succeeded');
    expect(outlook(run.plan, run.state, at(2)).projectedDone).toBeNull();
  });

  test('without a step at T0 it is for the whole list, not for its watches', () => {
    const listed = plan(
      [timed('a', -30, 5), watchStep('logins', { untilMs: at(40), count: null }), timed('b', 5, 20)],
      { timeline: { opensMs: null, hardStopMs: at(30) } },
    );
    const run = started(listed, -30);
    expect(outlook(run.plan, run.state, at(-29)).projectedDone).toBe(at(25));
    expect(outlook(run.plan, run.state, at(15)).projectedDone).toBe(at(35));
  });
});

test('a plan without instants is neither late nor on time', () => {
  const run = started(plan([timed('a', null, 1), gateStep('ask')]), 0);
  expect(outlook(run.plan, run.state, at(9)).slipMs).toBeNull();
});

describe('the point of no return where the act after it was skipped', () => {
  const fails: World = {
    act: (d) => (d.act === 'open/do/0' ? { effect: 'none', retryable: false } : 'done'),
  };
  const skipped = (world: World = fails, ...after: readonly PlanStep[]) => {
    const steps = [timed('dump', null, 1), gateStep('go'), 'line', timed('open', null, 1), ...after] as const;
    return started(plan(steps), 0, world).approve('go', 'lead').choose('skip');
  };

  test('the next write crosses it; a read does not', () => {
    const look = timed('look', null, 1, {
      act: planAct({ effects: 'read' }),
      undo: { ...autoUndo, mode: 'nothing', acts: [] },
    });
    const read = skipped(fails, look, gateStep('later'));
    expect(read.state.line).toBeNull();
    const run = skipped(fails, look, timed('mails', null, 1), gateStep('later'));
    expect(run.state.line?.act).toBe('mails/do/0');
    expect(outlook(run.plan, run.state, 0).canGoBack.yes).toBe(false);
    expect(run.say({ command: 'roll-back', user: 'u', reason: 'r', at: 0 })).toEqual({
      refused: { why: 'line-crossed' },
    });
  });

  test('it needs a go that has not expired', () => {
    const steps = [
      timed('dump', null, 1),
      gateStep('go'),
      'line',
      timed('open', null, 1),
      timed('mails', null, 1),
    ] as const;
    const run = started(plan(steps), 0, fails).approve('go', 'lead');
    run.now += at(60);
    run.choose('skip');
    expect(run.started()).not.toContain('mails/do/0#1');
    expect(run.state.steps.go?.gate).toMatchObject({ round: 2, verdict: null });
  });

  test('of two that start together, it stays crossed as long as one may have acted', () => {
    const world: World = {
      act: (d) =>
        d.act === 'open/do/0' || d.act === 'y/do/0' ? { effect: 'none', retryable: false } : 'done',
    };
    const steps = [
      gateStep('go'),
      'line',
      timed('open', null, 1),
      [timed('x', null, 1), timed('y', null, 1)],
    ] as const;
    const run = started(plan(steps), 0, world).approve('go', 'lead').choose('skip');
    expect(run.state.hold?.step).toBe('y');
    expect(run.state.line).not.toBeNull();
  });

  test('a second attempt does not move the moment at which it was crossed', () => {
    const world: World = {
      act(d, run) {
        if (d.act !== 'open/do/0' || d.attempt > 1) return 'done';
        run.now += at(3);
        return { effect: 'some', retryable: true };
      },
    };
    const open = timed('open', null, 1, { act: planAct({ retry: { limit: 1, intervalMs: 0, backoff: 1 } }) });
    const run = started(plan([gateStep('go'), 'line', open]), 0, world).approve('go', 'lead');
    expect(run.started()).toContain('open/do/0#2');
    expect(run.state.line?.crossedAt).toBe(0);
  });
});
