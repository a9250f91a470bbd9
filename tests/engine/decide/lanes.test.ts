/** Chains of steps beside each other: forward, held, and undone beside each other. */
import { describe, expect, test } from 'vitest';
import { latestSafeAbort, owedLeftMs, owedMs } from '../../../engine/decide/owed.ts';
import { schedule } from '../../../engine/decide/schedule.ts';
import { projectedCrossing } from '../../../engine/decide/until.ts';
import type { PlanActStep, PlanStep } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import {
  actStep,
  autoUndo,
  gateStep,
  lanes,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../../support/plan-builder.ts';

const min = 60_000;
const roll = { command: 'roll-back', user: 'u', reason: 'r', at: 0 } as const;

/** Acts of these steps run until the test ends them. */
const busy = (...steps: string[]): World => ({
  act: (d) => (steps.some((step) => d.act.startsWith(`${step}/`)) ? 'crash' : 'done'),
});

/** Carries out what is decided, until only what runs is left. */
const settle = (run: CoreRun): CoreRun => {
  const seen = new Set<string>();
  for (;;) {
    const fresh = run.decide().filter((d) => !seen.has(d.id));
    if (fresh.length === 0) return run;
    for (const decision of fresh) {
      seen.add(decision.id);
      run.carryOut(decision);
    }
  }
};

const begun =
  (...items: Parameters<typeof plan>[0]) =>
  (world: World) =>
    settle(new CoreRun(plan(items), world));

const undoes = (id: string, ms: number, over: Partial<PlanActStep> = {}) =>
  actStep(id, { undo: { ...autoUndo, expectedMs: ms }, ...over });

const done = (run: CoreRun, act: `${string}/${'do' | 'undo'}/0`, attempt = 1) => {
  run.add({ type: 'act-finished', act, attempt, result: 'done', effect: 'some', output: null });
  return settle(run);
};

const two = lanes([actStep('a1'), actStep('a2')], [actStep('b1'), actStep('b2')]);

describe('going forward', () => {
  test('the next step of a lane starts when the one before it is over, whatever the others do', () => {
    const run = begun(two, actStep('c'))(busy('a1'));
    expect(run.started()).toEqual(['a1/do/0#1', 'b1/do/0#1', 'b2/do/0#1']);
    expect(run.ids()).toEqual([]);
    done(run, 'a1/do/0');
    expect(run.started().slice(3)).toEqual(['a2/do/0#1', 'c/do/0#1']);
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('several lanes wait at once, each for its own time', () => {
    const items = lanes([waitStep('w1', min), actStep('a')], [waitStep('w2', 2 * min), actStep('b')]);
    const run = new CoreRun(plan([items])).go();
    expect(run.state.timers).toMatchObject({ 'wait:w1': { until: min }, 'wait:w2': { until: 2 * min } });
    run.wait();
    expect(run.started()).toEqual(['a/do/0#1']);
    run.wait();
    expect(run.started()).toEqual(['a/do/0#1', 'b/do/0#1']);
  });

  test('a step waits for its planned start while the other lane runs', () => {
    const items = lanes([actStep('a1'), actStep('a2', { atMs: -min })], [actStep('b1')]);
    const run = new CoreRun(plan([items]), {}, { t0: 0, now: -5 * min }).go();
    expect(run.started()).toEqual(['a1/do/0#1', 'b1/do/0#1']);
    expect(run.state.timers).toEqual({ 'at:a2': { until: -min, ended: false } });
  });

  test('the gate after the lanes opens when all have ended', () => {
    const run = begun(two, gateStep('gate'), 'line', actStep('go'))(busy('b2'));
    expect(run.state.steps.gate).toBeUndefined();
    done(run, 'b2/do/0');
    expect(run.state.steps.gate?.gate?.verdict).toBeNull();
    run.approve('gate', 'lead');
    expect(run.state.settled?.result).toBe('succeeded');
  });
});

describe('T+ beside T0', () => {
  const items = (over: { atMs: number } = { atMs: 5 * min }) =>
    lanes([actStep('zero', { atMs: 0 })], [actStep('first', { atMs: 0 }), actStep('later', over)]);

  test('counts from the end of what still runs at T0', () => {
    const run = settle(new CoreRun(plan([items()]), busy('zero')));
    run.now = 5 * min;
    settle(run);
    expect(run.started()).toEqual(['zero/do/0#1', 'first/do/0#1']);
    expect(run.state.timers['at:later']).toBeUndefined();
    run.now = 8 * min;
    done(run, 'zero/do/0');
    expect(run.state.timers['at:later']?.until).toBe(13 * min);
    run.wait();
    expect(run.started()).toContain('later/do/0#1');
    expect(run.state.steps.later?.plannedAt).toBe(13 * min);
  });

  test('also in a parallel block without lanes', () => {
    const run = settle(
      new CoreRun(plan([[actStep('zero', { atMs: 0 }), actStep('later', { atMs: min })]]), busy('zero')),
    );
    run.now = 3 * min;
    done(run, 'zero/do/0');
    expect(run.state.timers['at:later']?.until).toBe(4 * min);
  });

  test('a timer that was set for an earlier instant is set again', () => {
    const run = new CoreRun(plan([actStep('a', { atMs: -10 * min })]), {}, { now: -60 * min }).go();
    run.add({ type: 'clock-set', t0: 30 * min, skipWaits: false });
    run.go();
    expect(run.state.timers).toEqual({ 'at:a': { until: 20 * min, ended: false } });
    run.wait();
    expect(run.state.settled?.at).toBe(20 * min);
  });
});

describe('a lane that fails', () => {
  const failing = (...acts: string[]): World => ({
    act: (d) => {
      if (acts.includes(`${d.act}#${d.attempt}`)) return { effect: 'none', retryable: false };
      return d.act === 'b1/do/0' ? 'crash' : 'done';
    },
  });

  test('leaves what runs in the other lanes to end, starts nothing, then holds', () => {
    const run = begun(two, actStep('c'))(failing('a1/do/0#1'));
    expect(run.state.hold).toBeNull();
    done(run, 'b1/do/0');
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'a1' });
    expect(run.started()).toEqual(['a1/do/0#1', 'b1/do/0#1']);
    // It has nothing left to do, so it is over, and nobody reads that it still runs.
    expect(run.state.steps.b1?.state).toBe('succeeded');
  });

  test.each(['retry', 'skip'] as const)('after %s all lanes go on', (choice) => {
    const run = begun(two, actStep('c'))(failing('a1/do/0#1'));
    done(run, 'b1/do/0');
    run.choose(choice);
    expect(run.state.steps).toMatchObject({ a2: { state: 'succeeded' }, b2: { state: 'succeeded' } });
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('with on_failure: continue goes on, and the others with it', () => {
    const items = lanes([actStep('a1', { onFailure: 'continue' }), actStep('a2')], [actStep('b1')]);
    const run = begun(items)(failing('a1/do/0#1'));
    expect(run.started()).toEqual(['a1/do/0#1', 'b1/do/0#1', 'a2/do/0#1']);
  });

  test('two that fail are asked about one after the other', () => {
    const run = new CoreRun(plan([two]), {
      act: (d) => (d.attempt === 1 && d.act !== 'a2/do/0' ? { effect: 'none', retryable: false } : 'done'),
    }).go();
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'a1' });
    run.choose('retry');
    // Nothing of the first one starts before the second one is decided.
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'b1' });
    expect(run.started()).toEqual(['a1/do/0#1', 'b1/do/0#1']);
    run.choose('skip');
    expect(run.started().slice(2)).toEqual(['a1/do/0#2', 'b2/do/0#1']);
    expect(run.state.hold).toMatchObject({ step: 'b2' });
  });

  test('an unknown outcome is asked about before a rollback by itself, and that before other questions', () => {
    const items = lanes(
      [actStep('held')],
      [actStep('rolls', { onFailure: 'rollback' })],
      [actStep('unknown')],
    );
    const run = new CoreRun(plan([items]), {
      act: (d) => ({ effect: d.act === 'unknown/do/0' ? 'unknown' : 'none', retryable: false }),
    }).go();
    expect(run.state.hold).toMatchObject({ cause: 'unknown', step: 'unknown' });
    run.choose('done');
    expect(run.state.rollback?.reason).toBe('rolls: it failed');
  });

  test('a crash in two lanes: both acts are probed, and the lanes go on', () => {
    const run = begun(two, actStep('c'))(busy('a1', 'b1'));
    run.world.act = () => 'done';
    run.world.probe = (d) => (d.act === 'a1/do/0' ? 'done' : 'not-done');
    run.session();
    expect(run.ids()).toEqual(['probe:a1/do/0#1', 'probe:b1/do/0#1']);
    run.go();
    expect(run.started().slice(2)).toEqual(['b1/do/0#2', 'a2/do/0#1', 'b2/do/0#1', 'c/do/0#1']);
  });
});

describe('undone', () => {
  const back = (run: CoreRun, world: World = {}): CoreRun => {
    Object.assign(run.world, world);
    run.say({ ...roll, at: run.now });
    return settle(run);
  };
  const undone = (run: CoreRun) => run.started().filter((act) => act.includes('/undo'));

  test('lanes beside each other, each in reverse; the entries in reverse', () => {
    const run = begun(actStep('z'), two, gateStep('gate'))({});
    back(run, busy('b2'));
    expect(undone(run)).toEqual(['b2/undo/0#1', 'a2/undo/0#1', 'a1/undo/0#1']);
    run.world.act = () => 'done';
    done(run, 'b2/undo/0');
    expect(undone(run).slice(3)).toEqual(['b1/undo/0#1', 'z/undo/0#1']);
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('also a parallel block without lanes', () => {
    const run = begun([actStep('a'), actStep('b')], gateStep('gate'))({});
    back(run, busy('a', 'b'));
    expect(undone(run)).toEqual(['b/undo/0#1', 'a/undo/0#1']);
  });

  test('a half-done step is the first of its lane', () => {
    const items = lanes([actStep('a1'), actStep('a2')], [actStep('b1')]);
    const run = new CoreRun(plan([items]), {
      act: (d) => (d.act === 'a2/do/0' ? { effect: 'some', retryable: false } : 'done'),
    }).go();
    back(run, busy('b1'));
    expect(undone(run)).toEqual(['a2/undo/0#1', 'b1/undo/0#1', 'a1/undo/0#1']);
  });

  test('one that fails lets the others end, then holds', () => {
    const run = begun(two, gateStep('gate'))({});
    back(run, {
      act: (d) => {
        if (d.act === 'a2/undo/0' && d.attempt === 1) return { effect: 'some', retryable: false };
        return d.act === 'b2/undo/0' ? 'crash' : 'done';
      },
    });
    expect(run.state.hold).toBeNull();
    done(run, 'b2/undo/0');
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'a2' });
    expect(undone(run)).toEqual(['b2/undo/0#1', 'a2/undo/0#1']);
    run.choose('skip');
    expect(run.state.steps).toMatchObject({ a2: { state: 'kept' }, a1: { state: 'undone' } });
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('two undos that an engine left open are ended before each is done again', () => {
    const run = begun([actStep('a'), actStep('b')], gateStep('gate'))({});
    back(run, busy('a', 'b'));
    run.world.act = () => 'done';
    run.session();
    expect(run.ids()).toEqual(['stop:b/undo/0#1', 'stop:a/undo/0#1']);
    run.go();
    expect(run.state.settled?.result).toBe('rolled_back');
  });
});

describe('what is owed', () => {
  const chains = lanes([undoes('a1', min), undoes('a2', 3 * min)], [undoes('b1', 2 * min)]);
  const timeline = { opensMs: null, hardStopMs: 60 * min };

  test('the longest lane of each entry', () => {
    const run = new CoreRun(plan([undoes('z', min), chains, gateStep('gate')], { timeline })).go();
    expect(owedMs(run.plan, run.state)).toBe(5 * min);
    expect(owedMs(run.plan, structuredClone(run.state))).toBe(5 * min);
    expect(latestSafeAbort(run.plan, run.state)).toBe(60 * min - 5 * min);
  });

  test('shrinks with the longest lane, while the others are undone beside it', () => {
    const run = begun(chains, gateStep('gate'))({});
    Object.assign(run.world, busy('b1', 'a1'));
    run.say(roll);
    settle(run);
    expect(run.state.steps.a2?.state).toBe('undone');
    expect(owedMs(run.plan, run.state)).toBe(2 * min);
    expect(owedMs(run.plan, structuredClone(run.state))).toBe(2 * min);
    // Both run: of the longest lane the rest is left.
    expect(owedLeftMs(run.plan, run.state, run.now + 90_000)).toBe(30_000);
  });

  test('a step that starts adds only what makes its entry longer', () => {
    const run = begun(chains, gateStep('gate'))(busy('a1', 'b1'));
    const more = (id: string): number => {
      const step = plan([undoes('a2', 3 * min)]).steps[id] as PlanActStep;
      return (latestSafeAbort(p, run.state) ?? 0) - (latestSafeAbort(p, run.state, step) ?? 0);
    };
    const p = plan([chains, gateStep('gate')], { timeline });
    expect(owedMs(p, run.state)).toBe(2 * min);
    expect(more('a2')).toBe(2 * min);
  });
});

describe('the schedule', () => {
  const takes = (id: string, ms: number, over: Partial<PlanStep> = {}) =>
    ({ ...actStep(id), expectedMs: ms, ...over }) as PlanStep;

  test('of each lane by itself, and what follows after the longest', () => {
    const run = new CoreRun(
      plan([lanes([takes('a1', min), takes('a2', min)], [takes('b1', 5 * min)]), takes('c', min)]),
    );
    expect(schedule(run.plan, run.state, 0).map(({ step, start, end }) => [step.id, start, end])).toEqual([
      ['a1', 0, min],
      ['a2', min, 2 * min],
      ['b1', 0, 5 * min],
      ['c', 5 * min, 6 * min],
    ]);
  });

  test('the crossing is the earliest one of several lanes', () => {
    const opening = gateStep('gate', { prompt: null });
    const items = lanes(
      [takes('a1', 9 * min, { act: planAct({ effects: 'read' }) }), takes('a2', min)],
      [takes('b1', min)],
    );
    const run = new CoreRun(plan([opening, 'line', takes('go', min), items]));
    run.add({ type: 'step-settled', step: 'go', state: 'skipped' });
    expect(projectedCrossing(run.plan, run.state, 0)?.at).toBe(0);
  });

  test('in a rehearsal a watch beside the list goes on while a lane still runs', () => {
    const watch = watchStep('watch', { untilMs: 5 * min, count: 1 });
    const items = lanes([actStep('late', { atMs: 5 * min })], [actStep('a')]);
    const run = new CoreRun(plan([watch, items]), busy('a'), { skipWaits: true });
    settle(run);
    expect(run.state.steps.watch?.state).toBe('running');
  });
});
