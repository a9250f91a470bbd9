import { describe, expect, test } from 'vitest';
import { outlook } from '../../../engine/decide/outlook.ts';
import { type ActOutcome, CoreRun, type World } from '../../support/core-run.ts';
import { actStep, gateStep, plan, planAct } from '../../support/plan-builder.ts';

const night = (world: World = {}, doors = actStep('doors')) =>
  new CoreRun(plan([actStep('dump'), gateStep('gate'), 'line', doors, actStep('mails')]), world);

const roll = { command: 'roll-back', user: 'u', reason: 'r', at: 0 } as const;

const fails = (act: string, outcome: ActOutcome, times = 1): World => ({
  act: (d) => (d.act === act && d.attempt <= times ? outcome : 'done'),
});

describe('the point of no return', () => {
  test('is crossed with the intent of the act after it', () => {
    const run = night().go().approve('gate', 'lead');
    const types = run.events.map((e) => e.type);
    expect(types.indexOf('line-crossed')).toBe(
      types.lastIndexOf('act-started', types.indexOf('line-crossed') + 1) - 1,
    );
    expect(run.state.line?.act).toBe('doors/do/0');
  });

  test('after it a rollback is refused', () => {
    const run = night(fails('mails/do/0', { effect: 'some', retryable: false }))
      .go()
      .approve('gate', 'lead');
    expect(run.say(roll)).toEqual({ refused: { why: 'line-crossed' } });
    const resolve = {
      command: 'resolve',
      choice: 'roll-back',
      step: null,
      user: 'u',
      reason: 'r',
      at: 0,
    } as const;
    expect(run.say(resolve)).toEqual({ refused: { why: 'line-crossed' } });
    expect(run.state.hold?.choices).toEqual(['retry', 'skip', 'stop']);
    expect(outlook(run.plan, run.state, 0).canGoBack.yes).toBe(false);
  });

  test('after it, on_failure: rollback holds the run instead', () => {
    const doors = actStep('doors', { verify: [planAct()], onFailure: 'rollback' });
    const world = fails('doors/verify/0', { effect: 'none', retryable: false });
    const run = night(world, doors).go().approve('gate', 'lead');
    expect(run.state.hold?.cause).toBe('line-crossed');
    expect(run.state.rollback).toBeNull();
  });

  test.each([
    ['failed without effect', { effect: 'none', retryable: false }, undefined, false],
    ['failed with an effect', { effect: 'some', retryable: false }, undefined, true],
    ['lost, proven not done', { effect: 'unknown', retryable: false }, 'not-done', false],
    ['lost, not proven', { effect: 'unknown', retryable: false }, 'unknown', true],
  ] as const)('the act behind it %s: crossed %s', (_, outcome, probe, crossed) => {
    const world: World = { ...fails('doors/do/0', outcome), ...(probe && { probe: () => probe }) };
    const run = night(world).go().approve('gate', 'lead');
    expect(run.state.line !== null).toBe(crossed);
    expect('events' in run.say(roll)).toBe(!crossed);
  });
});

describe('the go that opens it', () => {
  test('is asked again by another session', () => {
    const run = night(fails('doors/pre/0', 'crash'), actStep('doors', { preconditions: [planAct()] }));
    run.go().approve('gate', 'lead');
    run.session();
    run.go();
    expect(run.started()).not.toContain('doors/do/0#1');
    expect(run.state.steps.gate?.gate?.round).toBe(2);
    run.approve('gate', 'lead');
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('is asked again where a crash kept the crossing but not the act that was to cross', () => {
    const run = night(fails('doors/pre/0', 'crash'), actStep('doors', { preconditions: [planAct()] }));
    run.go().approve('gate', 'lead');
    run.add({ type: 'line-crossed', act: 'doors/do/0' });
    run.session();
    run.go();
    expect(run.started()).not.toContain('doors/do/0#1');
    expect(run.state.line).toBeNull();
    expect(run.state.steps.gate?.gate?.round).toBe(2);
  });

  test('a go of another session does not count, even if not settled; a no-go does', () => {
    const said = {
      command: 'approve',
      gate: 'gate',
      as: 'lead',
      unattended: false,
      user: 'u',
      reason: 'r',
    } as const;
    for (const verdict of ['go', 'no_go'] as const) {
      const run = night().go();
      run.say({ ...said, verdict, at: run.now });
      run.session();
      run.go();
      expect(run.state.steps.gate?.gate?.round).toBe(verdict === 'go' ? 2 : 1);
      expect(run.state.rollback !== null).toBe(verdict === 'no_go');
    }
  });

  test('is asked again once it has expired', () => {
    const doors = actStep('doors', { preconditions: [planAct()] });
    const world: World = {
      act(d, run) {
        if (d.act === 'doors/pre/0') run.now += 600_000;
        return 'done';
      },
    };
    const run = night(world, doors).go().approve('gate', 'lead');
    expect(run.started()).not.toContain('doors/do/0#1');
    expect(run.state.steps.gate).toMatchObject({ state: 'running', gate: { round: 2 } });
  });
});
