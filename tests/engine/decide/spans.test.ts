/** When a span begins and ends, and what happens at its limit. */

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { fold } from '../../../engine/decide/fold.ts';
import { say } from '../../../engine/decide/masked.ts';
import { spanDecisions } from '../../../engine/decide/spans.ts';
import type { PlanSpan } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, autoUndo, plan, planAct, span, waitStep } from '../../support/plan-builder.ts';

const second = 1_000;

/** close, some minutes, open, and a step after it. */
const closing = (over: Partial<PlanSpan> = {}, { waitMs = 30 * second, after = true } = {}) =>
  plan(
    [
      actStep('close', { preconditions: [planAct({ effects: 'read' })] }),
      waitStep('work', waitMs),
      actStep('open'),
      ...(after ? [waitStep('after', 10 * second)] : []),
    ],
    { spans: [span('closed', over)] },
  );

/** The span events without their names, in order. */
const told = (run: CoreRun) =>
  run.events.flatMap((e) => {
    if (e.type === 'span-opened') return [`opened ${e.since} by ${e.step}`];
    if (e.type === 'span-closed') return [`${e.as} ${e.until}`];
    if (e.type === 'span-breached') return [`breached ${e.breachedAt}`];
    return [];
  });

/** The state is what a later session reads from the journal. */
const expectFolded = (run: CoreRun): void =>
  expect(fold(JSON.parse(JSON.stringify(run.events)))).toEqual(run.state);

const toTheEnd = (run: CoreRun): CoreRun => {
  for (let i = 0; i < 50 && !run.state.settled && !run.state.hold; i++) run.wait();
  return run;
};

test('a span lasts from the act of its first step to the success of its last, and within its limit nothing else is said', () => {
  const run = toTheEnd(new CoreRun(closing(), {}, { now: 5 }).go());
  expect(told(run)).toEqual(['opened 5 by close', 'reached 30005']);
  expect(run.state.settled?.result).toBe('succeeded');
  expectFolded(run);
});

test('it begins with the act, not with the preconditions that were tried for a while before it', () => {
  let reads = 0;
  const act: World['act'] = ({ act: key }, run) => {
    run.now += second;
    if (!key.includes('/pre/')) return 'done';
    return reads++ === 0 ? { effect: 'none' } : 'done';
  };
  const slow = plan(
    [
      actStep('close', {
        preconditions: [planAct({ effects: 'read', retry: { limit: 1, intervalMs: 0, backoff: 1 } })],
      }),
      actStep('open'),
    ],
    { spans: [span('closed')] },
  );
  const run = new CoreRun(slow, { act }).go().choose('retry');
  expect(told(run)).toEqual(['opened 2000 by close', 'reached 4000']);
});

test('an attempt without an effect begins nothing: the next one does', () => {
  let tries = 0;
  const act: World['act'] = ({ act: key }) =>
    key === 'close/do/0' && tries++ === 0 ? { effect: 'none', retryable: true } : 'done';
  const retried = plan(
    [
      actStep('close', { act: planAct({ retry: { limit: 1, intervalMs: 5 * second, backoff: 1 } }) }),
      actStep('open'),
    ],
    { spans: [span('closed', { limitMs: second })] },
  );
  const run = toTheEnd(new CoreRun(retried, { act }).go());
  expect(told(run)).toEqual(['opened 5000 by close', 'reached 5000']);
  expect(run.state.spans.closed?.n).toBe(1);
});

describe('at the limit', () => {
  const long = { waitMs: 90 * second };

  test('the run is held once: nothing starts until a person has chosen', () => {
    const run = toTheEnd(new CoreRun(closing({}, long)).go());
    expect(run.now).toBe(60 * second);
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000']);
    expect(run.state.hold).toMatchObject({
      cause: 'span',
      step: null,
      choices: ['continue', 'roll-back', 'stop'],
      message: 'closed has lasted longer than its limit of 60 s',
    });
    toTheEnd(run.choose('continue'));
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000', 'reached 90000']);
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.state.holds).toBe(1);
    expect(run.state.windowWaived).toBe(false);
    expectFolded(run);
  });

  test('with notify it is only recorded', () => {
    const run = toTheEnd(new CoreRun(closing({ onBreach: 'notify' }, long)).go());
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000', 'reached 90000']);
    expect(run.state.holds).toBe(0);
  });

  test('a running act continues, and what it did is recorded while the run is held', () => {
    const slow = plan([actStep('close'), actStep('work'), actStep('open')], { spans: [span('closed')] });
    const act: World['act'] = ({ act: key }) => (key === 'work/do/0' ? 'crash' : 'done');
    const run = new CoreRun(slow, { act }).go().wait();
    expect(run.state.hold?.cause).toBe('span');
    expect(run.ids()).toEqual([]);
    const done = { act: 'work/do/0', attempt: 1, result: 'done', effect: 'some', output: null } as const;
    run.add({ type: 'act-finished', ...done });
    expect(run.ids()).toEqual([]);
    run.choose('continue');
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('the act that ends it is never held: a hold would only make it longer', () => {
    const slow = plan([actStep('close'), actStep('open', { verify: [planAct({ effects: 'read' })] })], {
      spans: [span('closed')],
    });
    const act: World['act'] = ({ act: key }) => (key === 'open/do/0' ? 'crash' : 'done');
    const run = new CoreRun(slow, { act }).go().wait();
    expect(run.state.hold).toBeNull();
    run.now += second;
    const done = { act: 'open/do/0', attempt: 1, result: 'done', effect: 'some', output: null } as const;
    run.add({ type: 'act-finished', ...done });
    run.go();
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000', 'reached 61000']);
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.state.holds).toBe(0);
  });

  test('a hold that stands already is not doubled; whoever answers it has seen the breach', () => {
    const failing: World['act'] = ({ act: key }) => (key === 'open/do/0' ? { effect: 'none' } : 'done');
    const run = new CoreRun(closing({}, { after: false }), { act: failing }).go().wait();
    expect(run.state.hold?.cause).toBe('failed');
    run.wait();
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000']);
    expect(run.state.hold?.cause).toBe('failed');
    run.choose('skip');
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.state.holds).toBe(1);
    // Nobody knows whether it is over: what was skipped may not have happened.
    expect(run.state.spans.closed?.until).toBeNull();
  });

  test('to look again is no answer', () => {
    const unknown: World = {
      act: ({ act: key }) => (key === 'open/do/0' ? { effect: 'unknown' } : 'done'),
      probe: () => 'unknown',
    };
    const run = new CoreRun(closing({}, { after: false }), unknown).go().wait();
    expect(run.state.hold?.cause).toBe('unknown');
    run.wait().choose('look');
    expect(run.state.spans.closed?.waived).toBe(false);
  });
});

describe('over a crash', () => {
  test('the count goes on from the journaled instant, and a breach without an engine has its true instant', () => {
    const run = new CoreRun(closing({}, { waitMs: 300 * second })).go();
    run.now = 200 * second;
    run.session();
    run.go();
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000']);
    expect(run.events.find((e) => e.type === 'span-breached')?.at).toBe(200 * second);
    expect(run.state.hold?.cause).toBe('span');
  });

  test('a span that is over when a breach is noticed holds nothing', () => {
    const crashing: World['act'] = ({ act: key }) => (key === 'open/do/0' ? 'crash' : 'done');
    const run = new CoreRun(closing({}, { after: false }), { act: crashing, probe: () => 'done' })
      .go()
      .wait();
    run.now = 200 * second;
    run.session();
    run.go();
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000', 'reached 200000']);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('an act that is proven not to have begun it is no part of it', () => {
    let tries = 0;
    const act: World['act'] = ({ act: key }) => (key === 'close/do/0' && tries++ === 0 ? 'crash' : 'done');
    const run = new CoreRun(closing(), { act, probe: () => 'not-done' }).go();
    run.now = 90 * second;
    run.session();
    toTheEnd(run.go());
    // Its limit of a minute has passed, and was not broken.
    expect(told(run)).toEqual([
      'opened 0 by close',
      'not-done 90000',
      'opened 90000 by close',
      'reached 120000',
    ]);
  });
});

describe('in a rollback', () => {
  const rolledBack = (run: CoreRun) => {
    run.say({ command: 'roll-back', user: 'u', reason: 'r', at: run.now });
    return run.go();
  };
  const undoing: World['act'] = ({ act: key }, run) => {
    if (key.includes('/undo/')) run.now += second;
    return 'done';
  };

  test('it ends when its first step is undone', () => {
    const run = rolledBack(new CoreRun(closing(), { act: undoing }).go());
    expect(told(run)).toEqual(['opened 0 by close', 'undone 1000']);
    expect(run.state.settled?.result).toBe('rolled_back');
    expectFolded(run);
  });

  test('the undo of its end begins it again, until its first step is undone', () => {
    const run = rolledBack(new CoreRun(closing(), { act: undoing }).go().wait());
    expect(told(run)).toEqual(['opened 0 by close', 'reached 30000', 'opened 30000 by open', 'undone 32000']);
    expect(run.state.spans.closed?.n).toBe(2);
    expectFolded(run);
  });

  test('a breach is recorded and does not hold the rollback', () => {
    const act: World['act'] = ({ act: key }, run) => {
      if (key.includes('/undo/')) run.now += 90 * second;
      return 'done';
    };
    const run = rolledBack(new CoreRun(closing(), { act }).go());
    expect(told(run)).toEqual(['opened 0 by close', 'breached 60000', 'undone 90000']);
    expect(run.state.holds).toBe(0);
  });

  test('what has no undo stays as it is, and so does the span', () => {
    const staying = plan([actStep('close', { undo: { ...autoUndo, mode: 'none', why: 'none', acts: [] } })], {
      spans: [span('closed', { to: ['close'] })],
    });
    const failing: World['act'] = () => ({ effect: 'some', retryable: false });
    const run = rolledBack(new CoreRun(staying, { act: failing }).go());
    expect(run.state.settled?.result).toBe('rolled_back');
    expect(told(run)).toEqual(['opened 0 by close']);
  });

  test('where its first step only reads, it ends with the rollback', () => {
    const read = {
      act: planAct({ effects: 'read' }),
      undo: { ...autoUndo, mode: 'nothing', acts: [] },
    } as const;
    const steps = [actStep('close', read), actStep('work'), waitStep('pause', second), actStep('open')];
    const run = rolledBack(new CoreRun(plan(steps, { spans: [span('closed')] }), { act: undoing }).go());
    expect(told(run)).toEqual(['opened 0 by close', 'undone 1000']);
  });
});

test('of several steps the first start and the last success count', () => {
  const many = plan(
    [
      waitStep('before', second),
      [actStep('a'), actStep('b')],
      waitStep('work', second),
      actStep('c'),
      waitStep('more', second),
      actStep('d'),
    ],
    { spans: [span('closed', { from: ['a', 'b'], to: ['c', 'd'] })] },
  );
  const run = toTheEnd(new CoreRun(many).go());
  expect(told(run)).toEqual(['opened 1000 by a', 'reached 3000']);
});

test('a first step that is skipped begins nothing', () => {
  const act: World['act'] = ({ act: key }) => (key === 'close/pre/0' ? { effect: 'none' } : 'done');
  const run = new CoreRun(closing(), { act }).go();
  toTheEnd(run.choose('skip'));
  expect(told(run)).toEqual([]);
  expect(run.state.settled?.result).toBe('succeeded');
});

test('a span that an amended runbook no longer has is left as it was', () => {
  const run = new CoreRun(closing({}, { waitMs: 300 * second })).go();
  const later = new CoreRun({ ...run.plan, spans: [] }, {});
  later.events.length = 0;
  Object.assign(later.state, structuredClone(run.state));
  later.now = 100 * second;
  expect(later.ids()).toEqual([]);
});

test('an end that was reached beside a beginning without an effect is taken back', () => {
  const both = plan([[actStep('close'), actStep('open')]], { spans: [span('closed')] });
  const events: readonly Event[] = [
    { type: 'clock-set', t0: 0, skipWaits: false },
    ...['close', 'open'].flatMap((step): Event[] => [
      { type: 'step-started', step, plannedAt: null },
      { type: 'act-started', act: `${step}/do/0`, attempt: 1, input: {}, digest: '', before: null },
    ]),
    { type: 'span-opened', span: 'closed', n: 1, since: 0, step: 'close', by: 'act' },
    { type: 'act-finished', act: 'open/do/0', attempt: 1, result: 'done', effect: 'some', output: null },
    { type: 'step-settled', step: 'open', state: 'succeeded' },
    { type: 'span-closed', span: 'closed', n: 1, until: 5, as: 'reached' },
  ];
  const failed: Event = {
    type: 'act-finished',
    act: 'close/do/0',
    attempt: 1,
    result: 'failed',
    effect: 'none',
    error: { code: 'failed', short: say`refused` },
    retryable: false,
  };
  const recorded = (all: readonly Event[]) => fold(all.map((e, seq) => ({ ...e, seq, at: seq })));
  expect(spanDecisions(both, recorded(events), 20)).toEqual([]);
  const taken = { type: 'span-closed', span: 'closed', n: 1, until: 5, as: 'not-done' } as const;
  expect(spanDecisions(both, recorded([...events, failed]), 20)).toMatchObject([{ event: taken }]);
  expect(spanDecisions(both, recorded([...events, failed, taken]), 20)).toEqual([]);
});
