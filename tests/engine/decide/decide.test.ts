import { describe, expect, test } from 'vitest';
import { CoreRun } from '../../support/core-run.ts';
import { actStep, autoUndo, gateStep, plan, planAct, waitStep } from '../../support/plan-builder.ts';

describe('going forward', () => {
  test('steps run in the order of the list, guarded and verified', () => {
    const guarded = actStep('b', { preconditions: [planAct()], verify: [planAct(), planAct()] });
    const run = new CoreRun(plan([actStep('a'), guarded])).go();
    expect(run.started()).toEqual(['a/do/0#1', 'b/pre/0#1', 'b/do/0#1', 'b/verify/0#1', 'b/verify/1#1']);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('siblings of a parallel group are all started before one of them ends', () => {
    const run = new CoreRun(plan([[actStep('a'), actStep('b')], actStep('c')]));
    run.carryOut(run.decide()[0]!);
    run.carryOut(run.decide().find((d) => d.id === 'start:b')!);
    expect(run.ids()).toEqual(['a/do/0#1', 'b/do/0#1']);
  });

  test('a decision keeps its id until it is carried out', () => {
    const run = new CoreRun(plan([actStep('a')]));
    expect(run.decide()).toEqual(run.decide());
  });

  test('nothing is decided without a session', () => {
    const run = new CoreRun(plan([actStep('a')]));
    run.add({ type: 'session-ended', session: 1, reason: 'interrupted' });
    expect(run.decide()).toEqual([]);
  });
});

describe('the timeline', () => {
  const min = 60_000;

  test('a step waits for its planned start; a late one starts at once', () => {
    const early = actStep('early', { atMs: -30 * min });
    const late = actStep('late', { atMs: -20 * min });
    const run = new CoreRun(plan([early, late]), {}, { t0: 30 * min, now: -5 * min }).go();
    expect(run.state.timers).toEqual({ 'at:early': { until: 0, ended: false } });
    run.now = 15 * min;
    run.go();
    expect(run.state.steps.late?.startedAt).toBe(15 * min);
    expect(run.state.steps.late?.plannedAt).toBe(10 * min);
  });

  test('T+ counts from the verified end of the step at T0 when that is later than T0', () => {
    const doors = actStep('doors', { atMs: 0 });
    const mails = actStep('mails', { atMs: 5 * min });
    const world = {
      act: (_: unknown, r: CoreRun) => {
        r.now = 3 * min;
        return 'done' as const;
      },
    };
    const run = new CoreRun(plan([doors, mails]), world).go();
    expect(run.state.timers['at:mails']?.until).toBe(8 * min);
  });

  test('nothing starts before the window opens, planned or not', () => {
    const timeline = { opensMs: -10 * min, hardStopMs: null };
    const run = new CoreRun(plan([actStep('a')], { timeline }), {}, { t0: 0, now: -20 * min }).go();
    expect(run.state.timers).toEqual({ 'at:a': { until: -10 * min, ended: false } });
  });

  test('--skip-waits drops waits for planned times, and neither a wait that the work needs nor retries', () => {
    const retry = { limit: 1, intervalMs: 5_000, backoff: 1 };
    const flaky = actStep('flaky', { atMs: -min, act: planAct({ retry }) });
    const items = [waitStep('pause', 60 * min), flaky];
    const world = { act: () => ({ effect: 'none' }) as const };
    const run = new CoreRun(plan(items), world, { t0: 90 * min, skipWaits: true }).go();
    expect(run.state.timers).toEqual({ 'wait:pause': { until: 60 * min, ended: false } });
    run.wait();
    expect(run.state.steps.pause?.state).toBe('succeeded');
    expect(run.state.timers).toMatchObject({
      'retry:flaky/do/0#1': { until: 60 * min + 5_000, ended: false },
    });
  });
});

describe('a verify of what its own step has read', () => {
  const retry = { limit: 2, intervalMs: 1_000, backoff: 1 };
  const step = (effects: 'read' | 'write') =>
    actStep('q', {
      act: planAct({ effects }),
      verify: [planAct({ effects: 'read', reads: ['q'], retry })],
      undo: { ...autoUndo, mode: 'nothing', acts: [] },
    });
  /** Holds at the n-th look. */
  const holdsAt = (n: number) => ({
    act: ({ act, attempt }: { act: string; attempt: number }) =>
      act === 'q/do/0' || attempt >= n ? ('done' as const) : ({ effect: 'none', retryable: false } as const),
  });

  test('reads anew before each look', () => {
    const run = new CoreRun(plan([step('read')]), holdsAt(3)).go();
    expect(run.state.timers['retry:q/verify/0#1']?.until).toBe(1_000);
    run.wait().wait();
    expect(run.started()).toEqual([
      ...['q/do/0#1', 'q/verify/0#1', 'q/do/0#2', 'q/verify/0#2', 'q/do/0#3', 'q/verify/0#3'],
    ]);
    expect(run.state.steps.q?.state).toBe('succeeded');
  });

  test('fails once its looks are used up', () => {
    const run = new CoreRun(plan([step('read')]), holdsAt(9)).go().wait().wait();
    expect(run.started()).toHaveLength(6);
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'q', act: 'q/verify/0' });
  });

  test('never does a write again', () => {
    const run = new CoreRun(plan([step('write')]), holdsAt(9)).go();
    expect(run.started()).toEqual(['q/do/0#1', 'q/verify/0#1']);
    expect(run.state.hold).toMatchObject({ cause: 'failed', act: 'q/verify/0' });
  });
});

describe('attempts', () => {
  const retry = { limit: 2, intervalMs: 1_000, backoff: 3 };

  test('backoff grows and is journaled; the limit ends in the policy', () => {
    const world = { act: () => ({ effect: 'none' }) as const };
    const run = new CoreRun(plan([actStep('a', { act: planAct({ retry }) })]), world).go();
    expect(run.state.timers['retry:a/do/0#1']?.until).toBe(1_000);
    run.wait();
    expect(run.state.timers['retry:a/do/0#2']?.until).toBe(4_000);
    run.wait();
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'a', message: 'a: it failed' });
    expect(run.started()).toHaveLength(3);
  });

  test('what cannot succeed is not tried again', () => {
    const world = { act: () => ({ effect: 'none', retryable: false }) as const };
    const run = new CoreRun(plan([actStep('a', { act: planAct({ retry }) })]), world).go();
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('a verification that fails is tried again itself, never the act', () => {
    const world = {
      act: (d: { act: string; attempt: number }) =>
        d.act === 'a/verify/0' && d.attempt === 1 ? ({ effect: 'none', retryable: false } as const) : 'done',
    };
    const run = new CoreRun(plan([actStep('a', { verify: [planAct()] })]), world).go();
    expect(run.state.hold?.act).toBe('a/verify/0');
    run.choose('retry');
    expect(run.started()).toEqual(['a/do/0#1', 'a/verify/0#1', 'a/verify/0#2']);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('on_failure: continue continues with the step failed', () => {
    const world = {
      act: (d: { act: string }) => (d.act === 'a/do/0' ? ({ effect: 'none' } as const) : 'done'),
    };
    const run = new CoreRun(plan([actStep('a', { onFailure: 'continue' }), actStep('b')]), world).go();
    expect(run.state.steps.a?.state).toBe('failed');
    expect(run.state.settled?.result).toBe('succeeded');
  });
});

describe('an unknown outcome', () => {
  const lost = {
    act: (d: { attempt: number }) => (d.attempt === 1 ? ({ effect: 'unknown' } as const) : 'done'),
  };

  test('is probed: done counts as done', () => {
    const run = new CoreRun(plan([actStep('a')]), { ...lost, probe: () => 'done' }).go();
    expect(run.started()).toEqual(['a/do/0#1']);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('proven not done is retried as far as the limit goes', () => {
    const retry = { limit: 1, intervalMs: 0, backoff: 1 };
    const once = new CoreRun(plan([actStep('a')]), { ...lost, probe: () => 'not-done' }).go();
    expect(once.state.hold?.cause).toBe('failed');
    const twice = new CoreRun(plan([actStep('a', { act: planAct({ retry }) })]), {
      ...lost,
      probe: () => 'not-done',
    });
    expect(twice.go().started()).toEqual(['a/do/0#1', 'a/do/0#2']);
  });

  test('stays unknown: held for a person, whatever on_failure says', () => {
    const run = new CoreRun(plan([actStep('a', { onFailure: 'rollback' })]), lost).go();
    expect(run.state.hold).toMatchObject({ cause: 'unknown', act: 'a/do/0' });
    expect(run.started()).toHaveLength(1);
    run.choose('done');
    expect(run.started()).toHaveLength(1);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('is run again only where the type declares that harmless', () => {
    const act = planAct({ onUnknown: 'rerun', retry: { limit: 1, intervalMs: 0, backoff: 1 } });
    const run = new CoreRun(plan([actStep('a', { act })]), lost).go();
    expect(run.started()).toHaveLength(2);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('work that could not be proven ended is tried to be ended again, on request', () => {
    const world = {
      act: () => ({ effect: 'unknown', living: true }) as const,
      stop: () => true,
      probe: () => 'not-done' as const,
    };
    const run = new CoreRun(plan([actStep('a')]), world).go();
    expect(run.state.hold?.cause).toBe('living');
    run.choose('retry');
    expect(run.state.hold?.cause).toBe('failed');
  });
});

describe('after a crash', () => {
  const crashOnce = {
    act: (d: { attempt: number }) => (d.attempt === 1 ? ('crash' as const) : ('done' as const)),
  };
  const resumed = (probe: 'done' | 'not-done' | 'alive' | 'partial' | 'unknown') => {
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), {
      act: (d) => (d.act === 'a/do/0' && d.attempt === 1 && !d.attach ? 'crash' : 'done'),
      probe: () => probe,
    }).go();
    run.session();
    return run.go();
  };

  test('the open act is probed before anything else', () => {
    const run = new CoreRun(plan([actStep('a')]), crashOnce).go();
    run.session();
    expect(run.ids()).toEqual(['probe:a/do/0#1']);
  });

  test.each([
    ['done', ['a/do/0#1', 'b/do/0#1']],
    ['not-done', ['a/do/0#1', 'a/do/0#2', 'b/do/0#1']],
    ['alive', ['a/do/0#1', 'b/do/0#1']],
  ] as const)('%s: the run goes on', (probe, started) => {
    const run = resumed(probe);
    expect(run.started()).toEqual(started);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('half done: a failure with a known effect', () => {
    expect(resumed('partial').state.hold?.message).toBe('a: half done: no trace');
  });

  test('unknown: nothing runs', () => {
    const run = resumed('unknown');
    expect(run.state.hold?.cause).toBe('unknown');
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('not done: a process without a known end is ended before another is started', () => {
    const run = resumed('unknown').choose('retry');
    const after = run.events.slice(run.events.findIndex((e) => e.type === 'hold-resolved') + 1);
    expect(after.slice(0, 2).map((e) => [e.type, 'attempt' in e && e.attempt])).toEqual([
      ['act-finished', 1],
      ['act-started', 2],
    ]);
  });

  test('and where it cannot be ended, no other is started', () => {
    const run = resumed('unknown');
    run.world.stop = () => false;
    run.choose('retry');
    expect(run.state.hold?.cause).toBe('living');
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('a precondition that held in an earlier session is read again before the act first starts', () => {
    const guarded = plan([actStep('a', { preconditions: [planAct({ effects: 'read' })] })]);
    const run = new CoreRun(guarded, {
      act: (d) => (d.act === 'a/do/0' && d.attempt === 1 ? 'crash' : 'done'),
      probe: () => 'not-done',
    }).go();
    run.session();
    expect(run.go().started()).toEqual(['a/pre/0#1', 'a/do/0#1', 'a/pre/0#2', 'a/do/0#2']);
  });

  test('a precondition that no longer passes keeps the act from starting', () => {
    const guarded = plan([actStep('a', { preconditions: [planAct({ effects: 'read' })] })]);
    const run = new CoreRun(guarded, {
      act: (d) =>
        d.attempt > 1 ? { effect: 'none', retryable: false } : d.act === 'a/do/0' ? 'crash' : 'done',
      probe: () => 'not-done',
    }).go();
    run.session();
    expect(run.go().state.hold).toMatchObject({ cause: 'failed', act: 'a/pre/0' });
  });

  test('a read is simply read again', () => {
    const run = new CoreRun(plan([actStep('a', { act: planAct({ effects: 'read' }) })]), crashOnce).go();
    run.session();
    expect(run.go().started()).toEqual(['a/do/0#1', 'a/do/0#2']);
  });

  test('a settled step keeps its output and is not run again', () => {
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), {
      act: (d) => (d.act === 'b/do/0' && d.attempt === 1 ? 'crash' : 'done'),
      probe: () => 'not-done',
    }).go();
    run.session();
    run.go();
    expect(run.started().filter((a) => a.startsWith('a/'))).toHaveLength(1);
    expect(run.state.acts['a/do/0']?.output).toEqual({ act: 'a/do/0' });
  });
});

describe('a hold', () => {
  test('siblings that run come to their end first, and none starts anew', () => {
    const run = new CoreRun(plan([[actStep('a'), actStep('b', { verify: [planAct()] })]]));
    for (const id of ['start:a', 'start:b']) run.carryOut(run.decide().find((d) => d.id === id)!);
    for (const d of run.decide()) {
      if (d.do === 'act')
        run.add({ type: 'act-started', act: d.act, attempt: 1, input: {}, digest: '', before: null });
    }
    run.fail('a/do/0', 1, 'none');
    expect(run.decide()).toEqual([]);
    run.add({
      type: 'act-finished',
      act: 'b/do/0',
      attempt: 1,
      result: 'done',
      effect: 'some',
      output: null,
    });
    expect(run.ids()).toEqual(['hold-1']);
  });

  test('skipping is recorded and does not count as success at a gate', () => {
    const world = {
      act: (d: { act: string }) => (d.act === 'a/do/0' ? ({ effect: 'none' } as const) : 'done'),
    };
    const gate = gateStep('gate', { require: ['a'], onNoGo: 'hold' });
    const run = new CoreRun(plan([actStep('a'), gate]), world).go().choose('skip');
    expect(run.state.steps.a?.state).toBe('skipped');
    expect(run.state.hold).toMatchObject({ cause: 'no-go', message: 'gate: no-go (a has not succeeded)' });
  });

  test('a choice that was not offered is refused', () => {
    const world = { act: () => ({ effect: 'none' }) as const };
    const run = new CoreRun(plan([actStep('a')]), world).go();
    const command = {
      command: 'resolve',
      choice: 'continue',
      step: null,
      user: 'u',
      reason: '',
      at: 0,
    } as const;
    expect(run.say(command)).toMatchObject({ refused: { why: 'not-a-choice' } });
    expect(run.say({ ...command, choice: 'retry', step: 'b' })).toMatchObject({
      refused: { why: 'other-step-held', held: 'a' },
    });
  });
});

describe('the window', () => {
  const min = 60_000;
  const timeline = { opensMs: null, hardStopMs: 30 * min };
  const slow = actStep('slow', { expectedMs: 10 * min, undo: { ...autoUndo, expectedMs: 15 * min } });

  test('asks before a step after which a rollback may end after the hard stop', () => {
    const run = new CoreRun(plan([slow], { timeline }), {}, { t0: 0, now: 6 * min }).go();
    expect(run.state.hold).toMatchObject({ cause: 'window', step: 'slow' });
    expect(run.started()).toEqual([]);
    run.choose('continue');
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('a step that fits is not asked about', () => {
    const run = new CoreRun(plan([slow], { timeline }), {}, { t0: 0, now: 5 * min }).go();
    expect(run.state.settled?.result).toBe('succeeded');
  });
});

test('a step that outlasts the latest safe abort is asked about while it runs, and runs on', () => {
  const min = 60_000;
  const timeline = { opensMs: null, hardStopMs: 30 * min };
  const slow = actStep('slow', { expectedMs: min, undo: { ...autoUndo, expectedMs: 10 * min } });
  const run = new CoreRun(plan([slow], { timeline }), { act: () => 'crash' }).go();
  for (const decision of run.decide()) run.carryOut(decision);
  expect(run.state.timers['window:slow']?.until).toBe(20 * min);
  expect(run.decide()).toEqual([]);
  run.now = 20 * min;
  run.go();
  expect(run.state.hold).toMatchObject({
    cause: 'window',
    step: 'slow',
    choices: ['continue', 'roll-back', 'stop'],
  });
  run.choose('continue');
  run.add({
    type: 'act-finished',
    act: 'slow/do/0',
    attempt: 1,
    result: 'done',
    effect: 'some',
    output: null,
  });
  expect(run.go().state.settled?.result).toBe('succeeded');
});

describe('a person and an unknown outcome', () => {
  const crashed = (probes: ('unknown' | 'done')[], stop = () => true) => {
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), {
      act: (d) => (d.act === 'a/do/0' && d.attempt === 1 ? 'crash' : 'done'),
      probe: () => probes.shift() ?? 'unknown',
      stop,
    }).go();
    run.session();
    return run.go();
  };

  test('can have it looked at again, which changes nothing', () => {
    const run = crashed(['unknown', 'done']);
    expect(run.state.hold?.cause).toBe('unknown');
    run.choose('look');
    expect(run.started()).toEqual(['a/do/0#1', 'b/do/0#1']);
  });

  test('is held again where looking does not help', () => {
    const run = crashed(['unknown', 'unknown']).choose('look');
    expect(run.state.hold).toMatchObject({ id: 'hold-2', cause: 'unknown' });
  });

  test('skips the step: what may still be at work ends before anything else starts', () => {
    const ended: string[] = [];
    const run = crashed(['unknown'], () => ended.push('a') > 0).choose('skip');
    expect(ended).toEqual(['a']);
    expect(run.events.findIndex((e) => e.type === 'act-finished')).toBeLessThan(
      run.events.findIndex((e) => e.type === 'step-started' && e.step === 'b'),
    );
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('skips the step: work that cannot be proven ended holds', () => {
    const run = crashed(['unknown'], () => false).choose('skip');
    expect(run.state.hold).toMatchObject({ cause: 'living', step: 'a' });
    expect(run.started()).toEqual(['a/do/0#1']);
    expect(run.choose('ended').state.settled?.result).toBe('succeeded');
  });
});
