import { describe, expect, test } from 'vitest';
import { coreOutput } from '../../../engine/decide/core-output.ts';
import type { Measured } from '../../../engine/decide/events.ts';
import type { PlanWatch } from '../../../engine/plan.ts';
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

/** The n-th measurement says the n-th of these, and then success. */
const saying = (...verdicts: Measured[]): World => ({ measure: ({ n }) => verdicts[n - 1] ?? 'success' });

const measured = (run: CoreRun) => run.events.flatMap((e) => (e.type === 'watch-measured' ? [e] : []));
const settled = (run: CoreRun) => run.state.settled?.result;
const hold = (run: CoreRun) => run.state.hold;

describe('a watch in the list', () => {
  test('takes its measurements an interval apart, then the list goes on', () => {
    const run = new CoreRun(plan([watchStep('w', { initialDelayMs: 5_000 }), actStep('a')])).go();
    expect(measured(run)).toEqual([]);
    run.wait();
    expect(run.started()).toEqual([]);
    run.wait().wait();
    expect(measured(run).map((e) => e.at)).toEqual([5_000, 35_000, 65_000]);
    expect([run.started(), settled(run)]).toEqual([['a/do/0#1'], 'succeeded']);
    expect(coreOutput(run.plan, run.state, 'w')).toEqual({
      measurements: 3,
      successes: 3,
      failures: 0,
      inconclusive: 0,
      errors: 0,
      last: 'success',
    });
  });

  const limits: [string, Partial<PlanWatch>, Measured[], string | null][] = [
    ['one failure is too much', {}, ['failure'], '1 failed measurement, where 0 may fail'],
    ['as many failures as may be', { failureLimit: 2 }, ['failure', 'failure'], null],
    [
      'one more',
      { failureLimit: 1 },
      ['failure', 'success', 'failure'],
      '2 failed measurements, where 1 may fail',
    ],
    [
      'inconclusive',
      { inconclusiveLimit: 1 },
      ['inconclusive', 'inconclusive'],
      '2 inconclusive measurements, where 1 may be',
    ],
    [
      'errors in a row',
      { consecutiveErrorLimit: 1 },
      ['error', 'error'],
      '2 measurements in a row could not be taken',
    ],
    [
      'errors that do not follow each other',
      { consecutiveErrorLimit: 1 },
      ['error', 'success', 'error'],
      null,
    ],
    ['errors alone are no success', {}, ['error', 'error', 'error'], 'without one successful measurement'],
  ];
  test.each(limits)('%s', (_, over, verdicts, message) => {
    const run = new CoreRun(plan([watchStep('w', over)]), saying(...verdicts)).go();
    while (!run.state.hold && !run.state.settled) run.wait();
    if (message === null) expect(settled(run)).toBe('succeeded');
    else
      expect(hold(run)).toMatchObject({
        cause: 'watch',
        step: 'w',
        message: expect.stringContaining(message),
      });
  });

  test('told to go on, it counts afresh and may trip again, with its acts carried out again', () => {
    const onTrip = [planAct(), planAct()];
    const run = new CoreRun(
      plan([watchStep('w', { count: 2, onTrip })]),
      saying('failure', 'success', 'failure'),
    ).go();
    expect(run.started()).toEqual(['w/trip/0#1', 'w/trip/1#1']);
    expect(hold(run)?.choices).toEqual(['retry', 'skip', 'roll-back', 'stop']);
    run.choose('retry');
    run.wait();
    expect(hold(run)).toBeNull();
    run.wait();
    expect(run.started().slice(2)).toEqual(['w/trip/2#1', 'w/trip/3#1']);
    run.choose('skip');
    expect([run.state.steps.w?.state, settled(run)]).toEqual(['skipped', 'succeeded']);
  });

  test('an act of the trip that fails, or of which nobody knows, holds nothing up', () => {
    const act = ({ act: key }: { act: string }) =>
      ({
        effect: key.endsWith('0') ? 'some' : 'unknown',
        retryable: false,
        living: key.endsWith('2'),
      }) as const;
    const onTrip = [planAct(), planAct(), planAct()];
    const run = new CoreRun(plan([watchStep('w', { onTrip })]), { ...saying('failure'), act }).go();
    expect(hold(run)?.cause).toBe('watch');
  });

  test('on_failure: continue tells, and goes on; rollback takes back what was done', () => {
    const go = new CoreRun(
      plan([actStep('a'), watchStep('w', { onFailure: 'continue' }), actStep('b')]),
      saying('failure'),
    );
    expect(go.go().state.steps.w?.state).toBe('failed');
    expect(settled(go)).toBe('succeeded');
    const back = new CoreRun(
      plan([actStep('a'), watchStep('w', { onFailure: 'rollback' })]),
      saying('failure'),
    ).go();
    expect([settled(back), back.started()]).toEqual(['rolled_back', ['a/do/0#1', 'a/undo/0#1']]);
  });

  test('an engine that dies while it measures has measured nothing, and goes on counting', () => {
    let dies = true;
    const world: World = {
      measure: ({ n }) => {
        if (n === 2 && dies) return 'crash';
        return 'success';
      },
    };
    const run = new CoreRun(plan([watchStep('w')]), world).go().wait();
    expect(measured(run)).toHaveLength(1);
    dies = false;
    run.now += 600_000;
    run.session();
    run.go();
    // Due long ago: taken once, not twenty times.
    expect(measured(run).map((e) => e.n)).toEqual([1, 2]);
    run.wait();
    expect([measured(run).length, settled(run)]).toEqual([3, 'succeeded']);
  });
});

describe('a watch beside the list', () => {
  const beside = (over: Partial<PlanWatch> = {}) =>
    watchStep('w', { untilMs: 100_000, count: null, ...over });

  test('lets the list go on, and keeps the run open until its own end', () => {
    const run = new CoreRun(plan([beside({ atMs: 0 }), actStep('a')])).go();
    expect([run.started(), run.state.steps.a?.state, settled(run)]).toEqual([
      ['a/do/0#1'],
      'succeeded',
      undefined,
    ]);
    while (!run.state.settled) run.wait();
    expect(measured(run).map((e) => e.at)).toEqual([0, 30_000, 60_000, 90_000]);
    expect(run.now).toBe(100_000);
  });

  test('does not move the instant that T+ counts from', () => {
    const run = new CoreRun(plan([beside({ atMs: 0 }), actStep('a', { atMs: 120_000 })])).go();
    while (!run.state.settled) run.wait();
    expect(run.state.steps.a?.startedAt).toBe(120_000);
  });

  test('stops the list when it trips: nothing starts any more, until a person has chosen', () => {
    const run = new CoreRun(
      plan([beside(), waitStep('pause', 30_000), actStep('a')]),
      saying('success', 'failure'),
    ).go();
    run.wait();
    expect(hold(run)?.cause).toBe('watch');
    expect([run.started(), run.ids()]).toEqual([[], []]);
    run.choose('retry');
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('pauses what can be paused; it goes on as a next attempt that counts against no retries', () => {
    const run = new CoreRun(
      plan([beside(), [actStep('mail', { act: planAct({ pausable: true }) }), actStep('b')]]),
      {
        ...saying('success', 'failure'),
        act: ({ attempt }) => (attempt === 1 ? 'crash' : 'done'),
      },
    );
    // Both stay open: the world does not end them.
    for (let i = 0; i < 20; i++) for (const d of run.decide()) run.carryOut(d);
    run.wait();
    const pauses = run.decide().filter((d) => d.do === 'pause-act');
    expect(pauses.map((d) => d.id)).toEqual(['pause:mail/do/0#1']);
    expect(hold(run)?.cause).toBe('watch');
    const error = { code: 'paused', short: 'between two mails' };
    const head = { type: 'act-finished', attempt: 1, result: 'failed', error, retryable: true } as const;
    run.add({ ...head, act: 'mail/do/0', effect: 'some' });
    expect(run.ids()).toEqual([]);
    run.choose('retry');
    expect(run.started()).toEqual(['mail/do/0#1', 'b/do/0#1', 'mail/do/0#2']);
    expect(run.state.steps.mail?.state).toBe('succeeded');
  });

  test('goes on measuring while the run is held for another reason', () => {
    const run = new CoreRun(plan([beside(), actStep('a')]), {
      act: () => ({ effect: 'none', retryable: false }),
    }).go();
    expect(hold(run)?.cause).toBe('failed');
    run.wait();
    expect(measured(run)).toHaveLength(2);
    expect(hold(run)?.cause).toBe('failed');
  });

  test('behind the line it never rolls back by itself, and offers no way back', () => {
    const run = new CoreRun(
      plan([beside({ onFailure: 'rollback' }), gateStep('g', { prompt: null }), 'line', actStep('doors')]),
      saying('success', 'failure'),
    ).go();
    run.wait();
    expect(run.state.line).not.toBeNull();
    expect(hold(run)).toMatchObject({ cause: 'watch', choices: ['retry', 'skip', 'stop'] });
    expect(hold(run)?.message).toContain('the point of no return is crossed');
  });

  test('a rollback ends it', () => {
    const run = new CoreRun(plan([beside(), actStep('a', { undo: autoUndo }), waitStep('z', 5_000)])).go();
    run.say({ command: 'roll-back', user: 'u', reason: 'r', at: run.now });
    run.go();
    expect(settled(run)).toBe('rolled_back');
    expect(measured(run)).toHaveLength(1);
  });

  test('what is planned for its end waits for its verdict', () => {
    const gate = gateStep('g', { atMs: 100_000, require: ['w'], prompt: null });
    const run = new CoreRun(plan([beside(), gate])).go();
    while (!run.state.settled) run.wait();
    expect(run.state.steps.g?.gate?.unmet).toEqual([]);
    expect(settled(run)).toBe('succeeded');
  });

  test('a rehearsal that skips waits ends it when the list is done and it has seen enough', () => {
    const later = actStep('late', { atMs: 200_000 });
    const run = new CoreRun(plan([beside(), actStep('a'), later]), {}, { skipWaits: true }).go();
    expect(run.started()).toEqual(['a/do/0#1']);
    run.wait();
    expect([measured(run).length, run.started().length, settled(run)]).toEqual([2, 2, 'succeeded']);
  });
});
