import { describe, expect, test } from 'vitest';
import { owedSteps } from '../../../engine/decide/owed.ts';
import { hasRun } from '../../../engine/decide/queries.ts';
import { CoreRun } from '../../support/core-run.ts';
import {
  actStep,
  checklistStep,
  gateStep,
  plan,
  planAct,
  waitStep,
  watchStep,
} from '../../support/plan-builder.ts';

const kindsOf = (run: CoreRun) => run.events.slice(3).map((e) => e.type);

describe('a step with a condition', () => {
  test('runs where it is true', () => {
    const run = new CoreRun(plan([actStep('a', { when: 'w' })])).go();
    expect(kindsOf(run)).toEqual([
      'condition-checked',
      'step-started',
      'act-started',
      'act-finished',
      'step-settled',
      'run-settled',
    ]);
    expect(hasRun(run.plan, run.state, 'a')).toBe(true);
  });

  test('is skipped where it is false: nothing of it starts, and nothing is owed', () => {
    const guarded = actStep('a', { when: 'w', preconditions: [planAct()], verify: [planAct()] });
    const run = new CoreRun(plan([guarded, actStep('b')]), { condition: () => false }).go();
    expect(run.started()).toEqual(['b/do/0#1']);
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.state.steps.a).toMatchObject({
      state: 'skipped',
      skipped: 'condition',
      startedAt: null,
      reason: 'w is false',
    });
    expect(owedSteps(run.plan, run.state).map(({ id }) => id)).toEqual(['b']);
    expect(hasRun(run.plan, run.state, 'a')).toBe(false);
  });

  test.each([
    ['a wait', waitStep('x', 60_000, { when: 'w' })],
    ['a gate', gateStep('x', { when: 'w' })],
    ['a watch', watchStep('x', { when: 'w' })],
    ['a watch beside the list', watchStep('x', { when: 'w', untilMs: 60_000 })],
    ['a checklist', checklistStep('x', ['a', 'h0'], { when: 'w' })],
  ])('%s is skipped as well, without waiting for anything', (_, step) => {
    const run = new CoreRun(plan([step, actStep('b')]), { condition: () => false }).go();
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.now).toBe(0);
    expect(run.state.steps.x).toMatchObject({ state: 'skipped', skipped: 'condition' });
    expect(run.state.timers).toEqual({});
  });

  test('is asked at its planned start, not before', () => {
    const step = actStep('a', { when: 'w', atMs: 60_000 });
    const run = new CoreRun(plan([step]), { condition: () => false }).go();
    expect(kindsOf(run)).toEqual(['timer-set']);
    run.wait();
    expect(kindsOf(run)).toEqual([
      'timer-set',
      'timer-ended',
      'condition-checked',
      'step-settled',
      'run-settled',
    ]);
    expect(run.state.timers).toEqual({});
  });

  test('is asked once: a later session uses the recorded answer', () => {
    let asked = 0;
    const world = { condition: () => ++asked === 1 };
    const run = new CoreRun(plan([actStep('a', { when: 'w' })]), world);
    run.carryOut(run.decide()[0]!);
    run.session();
    run.go();
    expect(asked).toBe(1);
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('is asked again where the plan was changed before it started', () => {
    let asked = 0;
    const run = new CoreRun(plan([actStep('a', { when: 'w' })]), { condition: () => ++asked === 1 });
    run.carryOut(run.decide()[0]!);
    run.add({ type: 'plan-amended', planDigest: 'd2', changes: [], accepted: [], user: 'u' });
    run.go();
    expect(asked).toBe(2);
    expect(run.state.steps.a?.state).toBe('skipped');
  });

  test('in a parallel block does not keep its siblings from running', () => {
    const block = [actStep('a', { when: 'w' }), actStep('b')];
    const run = new CoreRun(plan([block, actStep('c')]), { condition: () => false }).go();
    expect(run.started()).toEqual(['b/do/0#1', 'c/do/0#1']);
  });
});

describe('a condition that cannot be evaluated', () => {
  const errs = (times: number) => {
    let left = times;
    return { condition: () => (left-- > 0 ? ('error' as const) : true) };
  };

  test('holds the run', () => {
    const run = new CoreRun(plan([actStep('a', { when: 'w' }), actStep('b')]), errs(1)).go();
    expect(run.state.hold).toMatchObject({
      cause: 'condition',
      step: 'a',
      message: 'a: its `when` cannot be evaluated: no such key',
      choices: ['look', 'skip', 'roll-back', 'stop'],
    });
    expect(run.started()).toEqual([]);
  });

  test('look evaluates it again, and may hold again', () => {
    const run = new CoreRun(plan([actStep('a', { when: 'w' })]), errs(2)).go();
    run.choose('look');
    expect(run.state.hold?.cause).toBe('condition');
    run.choose('look');
    expect(run.state.settled?.result).toBe('succeeded');
    expect(run.started()).toEqual(['a/do/0#1']);
  });

  test('skip continues without the step, which a person has decided', () => {
    const run = new CoreRun(plan([actStep('a', { when: 'w' }), actStep('b')]), errs(1)).go();
    run.choose('skip');
    expect(run.state.steps.a).toMatchObject({ state: 'skipped', skipped: 'person' });
    expect(run.started()).toEqual(['b/do/0#1']);
  });

  test('a rollback undoes what ran before', () => {
    const run = new CoreRun(plan([actStep('a'), actStep('b', { when: 'w' })]), errs(1)).go();
    run.choose('roll-back');
    expect(run.state.settled?.result).toBe('rolled_back');
    expect(run.started()).toEqual(['a/do/0#1', 'a/undo/0#1']);
  });
});
