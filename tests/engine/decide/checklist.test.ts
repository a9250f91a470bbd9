import { expect, test } from 'vitest';
import { coreOutput } from '../../../engine/decide/core-output.ts';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, checklistStep, plan } from '../../support/plan-builder.ts';

const failing = (...keys: string[]): World => ({
  act: ({ act }) => (keys.includes(act) ? { effect: 'none', retryable: true } : 'done'),
});
const hold = (run: CoreRun) => run.state.hold;

test('reads all its items, asks for the others, and then the list goes on', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'h0', 'b', 'h1']), actStep('z')])).go();
  expect(run.started()).toEqual(['c/item/0#1', 'c/item/2#1']);
  expect(run.state.steps.c?.checklist).toMatchObject({ round: 1, items: { a: { passed: true }, b: {} } });
  run.check('c', 'h0', true);
  expect(run.state.steps.z).toBeUndefined();
  run.check('c', 'h1', true, 'deputy');
  expect(run.state.settled?.result).toBe('succeeded');
  expect(coreOutput(run.plan, run.state, 'c')).toMatchObject({
    passed: 4,
    failed: 0,
    items: { a: { passed: true, by: 'check' }, h1: { passed: true, by: 'deputy', reason: 'r' } },
  });
});

test('one that fails does not hide the others; all that failed are told, and only they are looked at again', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'b', 'h0'])]), failing('c/item/0'));
  run.go();
  expect(run.started()).toEqual(['c/item/0#1', 'c/item/1#1']);
  run.check('c', 'h0', false);
  expect(hold(run)).toMatchObject({
    cause: 'failed',
    step: 'c',
    choices: ['retry', 'skip', 'roll-back', 'stop'],
  });
  expect(hold(run)?.message).toBe('c: 2 of 3 items failed: a (it failed); h0 (lead: r)');
  run.world.act = () => 'done';
  run.choose('retry');
  expect(run.started().slice(2)).toEqual(['c/item/0#2']);
  expect(run.state.steps.c?.checklist?.round).toBe(2);
  run.check('c', 'h0', true);
  expect(run.state.settled?.result).toBe('succeeded');
});

test('silence is no answer: the run holds, and skipping does not make it a pass', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'h0'])])).go();
  run.wait();
  expect(hold(run)).toMatchObject({ cause: 'unanswered', message: 'c: nobody answered in time: h0' });
  expect(run.check('c', 'h0', true)).toMatchObject({ refused: { why: 'item-not-open' } });
  run.choose('skip');
  expect(coreOutput(run.plan, run.state, 'c')).toMatchObject({
    passed: 1,
    failed: 1,
    items: { h0: { passed: false, by: 'nobody' } },
  });
});

test('an answer counts once, in time, from somebody who is asked', () => {
  const run = new CoreRun(plan([checklistStep('c', ['h0', 'h1'])])).go();
  expect(run.check('c', 'h0', true, 'stranger')).toMatchObject({ refused: { why: 'not-asked' } });
  expect(run.check('c', 'nope', true)).toMatchObject({ refused: { why: 'item-not-open' } });
  const early = {
    command: 'check',
    step: 'c',
    item: 'h0',
    passed: true,
    as: 'lead',
    user: 'u',
    reason: 'r',
  } as const;
  expect(run.say({ ...early, at: -1 })).toMatchObject({ refused: { why: 'item-over' } });
  expect(run.say({ ...early, at: 600_001 })).toMatchObject({ refused: { why: 'item-over' } });
  run.check('c', 'h0', true);
  expect(run.check('c', 'h0', false)).toMatchObject({ refused: { why: 'item-answered', passed: true } });
});

test('an engine that died between a read and its record neither loses nor repeats an answer', () => {
  const run = new CoreRun(plan([checklistStep('c', ['a', 'h0'])]), { act: () => 'crash' }).go();
  run.check('c', 'h0', true);
  run.world.act = () => 'done';
  run.session();
  run.go();
  expect(run.started()).toEqual(['c/item/0#1', 'c/item/0#2']);
  expect(run.events.filter((e) => e.type === 'item-checked').map((e) => e.item)).toEqual(['h0', 'a']);
});

test('questions that ran out while no engine was there are asked again', () => {
  const run = new CoreRun(plan([checklistStep('c', ['h0'])])).go();
  run.now = 3_600_000;
  run.session();
  run.go();
  expect(hold(run)).toBeNull();
  expect(run.state.steps.c?.checklist).toMatchObject({ round: 2, openedAt: 3_600_000 });
});

test('on_failure: rollback takes back what was done, continue goes on', () => {
  const back = new CoreRun(
    plan([actStep('x'), checklistStep('c', ['a'], { onFailure: 'rollback' })]),
    failing('c/item/0'),
  );
  expect(back.go().state.settled?.result).toBe('rolled_back');
  const on = new CoreRun(
    plan([checklistStep('c', ['a'], { onFailure: 'continue' }), actStep('x')]),
    failing('c/item/0'),
  );
  expect(on.go().state.steps.c).toMatchObject({ state: 'failed' });
  expect(on.state.settled?.result).toBe('succeeded');
});
