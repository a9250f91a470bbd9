import { describe, expect, test } from 'vitest';
import { openGates } from '../../../engine/decide/queries.ts';
import type { PlanUndo } from '../../../engine/plan.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, autoUndo, gateStep, plan, planAct } from '../../support/plan-builder.ts';

const roll = { command: 'roll-back', user: 'u', reason: 'r', at: 0 } as const;
const failing = (act: string, effect: 'none' | 'some'): World => ({
  act: (d) => (d.act === act ? { effect, retryable: false } : 'done'),
});
const undone = (run: CoreRun) => run.started().filter((a) => a.includes('/undo'));

describe('rollback', () => {
  test('no gate is open any more', () => {
    const run = new CoreRun(plan([actStep('a'), gateStep('gate')])).go();
    run.world.act = () => ({ effect: 'none', retryable: false });
    run.say(roll);
    run.go();
    expect(openGates(run.plan, run.state)).toEqual([]);
    const go = { verdict: 'go', as: 'lead', unattended: false, at: run.now } as const;
    expect(run.say({ command: 'approve', gate: 'gate', user: 'u', reason: 'r', ...go })).toEqual({
      refused: { why: 'gate-not-open', gate: 'gate', open: null },
    });
  });

  test('what an undo asked for in an earlier session is asked again before it first starts', () => {
    const undo = { ...autoUndo, preconditions: [planAct({ effects: 'read' })] };
    const run = new CoreRun(plan([actStep('a', { undo }), gateStep('gate')])).go();
    run.say(roll);
    for (const [decision] of [run.decide()]) if (decision) run.carryOut(decision);
    run.session();
    run.go();
    expect(undone(run)).toEqual(['a/undo-pre/0#1', 'a/undo-pre/0#2', 'a/undo/0#1']);
  });

  test('in reverse order of the list, so that the half-done step is first', () => {
    const steps = [actStep('a'), actStep('b'), actStep('c', { onFailure: 'rollback' })];
    const run = new CoreRun(plan(steps), failing('c/do/0', 'some')).go();
    expect(undone(run)).toEqual(['c/undo/0#1', 'b/undo/0#1', 'a/undo/0#1']);
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('a half-done step that the list went past is undone after what was built on it', () => {
    const passed = actStep('a', { onFailure: 'continue' });
    const run = new CoreRun(plan([passed, actStep('b'), gateStep('gate')]), failing('a/do/0', 'some')).go();
    run.say(roll);
    run.go();
    expect(undone(run)).toEqual(['b/undo/0#1', 'a/undo/0#1']);
  });

  test('what changed nothing, and what only reads, owes nothing', () => {
    const read = actStep('read', {
      act: planAct({ effects: 'read' }),
      undo: { ...autoUndo, mode: 'nothing', acts: [] },
    });
    const steps = [actStep('a'), read, actStep('b', { onFailure: 'rollback' })];
    const run = new CoreRun(plan(steps), failing('b/do/0', 'none')).go();
    expect(undone(run)).toEqual(['a/undo/0#1']);
  });

  test('a step that declares no undo is kept, with the reason', () => {
    const undo: PlanUndo = { ...autoUndo, mode: 'none', why: 'a dump harms nobody', acts: [] };
    const steps = [actStep('dump', { undo }), actStep('b', { onFailure: 'rollback' })];
    const run = new CoreRun(plan(steps), failing('b/do/0', 'some')).go();
    expect(run.state.steps.dump).toMatchObject({ state: 'kept', reason: 'a dump harms nobody' });
  });

  test('each undo is guarded and verified', () => {
    const undo: PlanUndo = { ...autoUndo, mode: 'own', preconditions: [planAct()], verify: [planAct()] };
    const run = new CoreRun(plan([actStep('a', { undo }), actStep('b', { onFailure: 'rollback' })]), {
      ...failing('b/do/0', 'none'),
    }).go();
    expect(undone(run)).toEqual(['a/undo-pre/0#1', 'a/undo/0#1', 'a/undo-verify/0#1']);
  });

  test('an undo that fails holds; skipping it says that it was done by hand', () => {
    const steps = [actStep('a'), actStep('b')];
    const run = new CoreRun(plan(steps), failing('b/undo/0', 'some')).go();
    run.say(roll);
    run.go();
    expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'b', choices: ['retry', 'skip', 'stop'] });
    run.choose('skip');
    expect(run.state.steps.b?.state).toBe('kept');
    expect(run.state.steps.a?.state).toBe('undone');
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('after a crash, the open undo continues', () => {
    const world: World = {
      act: (d) => (d.act === 'b/undo/0' && d.attempt === 1 ? 'crash' : 'done'),
    };
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), world).go();
    run.say(roll);
    run.go();
    run.session();
    run.go();
    expect(undone(run)).toEqual(['b/undo/0#1', 'b/undo/0#2', 'a/undo/0#1']);
  });

  test('an own undo whose outcome is unknown after a crash is not run again by itself', () => {
    const undo: PlanUndo = { ...autoUndo, mode: 'own' };
    const world: World = { act: (d) => (d.act === 'a/undo/0' && d.attempt === 1 ? 'crash' : 'done') };
    const run = new CoreRun(plan([actStep('a', { undo })]), world).go();
    run.say(roll);
    run.go();
    run.session();
    run.go();
    expect(run.state.hold?.cause).toBe('unknown');
    expect(undone(run)).toEqual(['a/undo/0#1']);
  });

  test('a process without a proven end is ended before anything is undone', () => {
    const cut = { effect: 'unknown' } as const;
    const ended: string[] = [];
    const world: World = {
      act: (d) => (d.act === 'b/do/0' ? cut : 'done'),
      stop: (d) => ended.push(d.act) > 0,
    };
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), world).go();
    run.say(roll);
    expect(run.ids()).toEqual(['stop:b/do/0#1']);
    run.go();
    expect(ended).toEqual(['b/do/0']);
    expect(run.events.filter((e) => e.type === 'act-finished')[1]).toMatchObject({
      error: { code: 'failed' },
    });
    expect(run.state.acts['b/do/0']?.attempts[0]?.error?.code).toBe('failed');
    expect(undone(run)).toEqual(['b/undo/0#1', 'a/undo/0#1']);
  });

  test('an undo that an engine left at work is ended before it is started again', () => {
    const world: World = {
      act: (d) => (d.act === 'b/undo/0' && d.attempt === 1 ? 'crash' : 'done'),
      stop: () => false,
    };
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), world).go();
    run.say(roll);
    run.go();
    run.session();
    run.go();
    expect(undone(run)).toEqual(['b/undo/0#1']);
    expect(run.state.hold).toMatchObject({ cause: 'living', step: 'b' });
  });

  test('living work is ended before anything is undone', () => {
    const world: World = { act: (d) => (d.act === 'b/do/0' ? 'crash' : 'done') };
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), world).go();
    run.say(roll);
    run.session();
    expect(run.ids()).toEqual(['stop:b/do/0#1']);
    run.go();
    expect(undone(run)).toEqual(['b/undo/0#1', 'a/undo/0#1']);
  });

  test('nothing is undone while work cannot be proven ended', () => {
    const world: World = { act: (d) => (d.act === 'b/do/0' ? 'crash' : 'done'), stop: () => false };
    const run = new CoreRun(plan([actStep('a'), actStep('b')]), world).go();
    run.say(roll);
    run.session();
    run.go();
    expect(run.state.hold?.cause).toBe('living');
    expect(undone(run)).toEqual([]);
    run.choose('ended');
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('a finished run without a point of no return can still be rolled back', () => {
    const run = new CoreRun(plan([actStep('a')])).go();
    expect(run.state.settled?.result).toBe('succeeded');
    run.say(roll);
    run.go();
    expect(run.state.settled?.result).toBe('rolled_back');
  });
});
