import { describe, expect, test } from 'vitest';
import { CoreRun } from '../../support/core-run.ts';
import { actStep, gateStep, plan } from '../../support/plan-builder.ts';

const says = { command: 'approve', gate: 'gate', user: 'u', reason: 'r', at: 0 } as const;

describe('people', () => {
  test('a gate waits for its quorum of different approvers', () => {
    const run = new CoreRun(plan([gateStep('gate', { minApprovals: 2 })])).go();
    run.approve('gate', 'lead');
    expect(run.say({ ...says, verdict: 'go', as: 'lead', unattended: false })).toEqual({
      refused: { why: 'already-answered', gate: 'gate', as: 'lead' },
    });
    expect(run.state.settled).toBeNull();
    run.approve('gate', 'deputy');
    expect(run.state.settled?.result).toBe('succeeded');
  });

  test('one no-go outweighs every go', () => {
    const run = new CoreRun(plan([actStep('a'), gateStep('gate', { minApprovals: 2 })])).go();
    run.approve('gate', 'lead').approve('gate', 'deputy', 'no_go');
    expect(run.state.rollback?.reason).toBe('gate: no-go (deputy: r)');
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('only its approvers answer', () => {
    const run = new CoreRun(plan([gateStep('gate', { approvers: ['lead'] })])).go();
    expect(run.say({ ...says, verdict: 'go', as: 'deputy', unattended: false })).toEqual({
      refused: { why: 'not-an-approver', gate: 'gate', as: 'deputy', approvers: ['lead'] },
    });
  });

  test('an answer for a gate that is not open is refused', () => {
    const run = new CoreRun(plan([actStep('a'), gateStep('gate')]));
    expect(run.say({ ...says, verdict: 'go', as: 'lead', unattended: false })).toMatchObject({
      refused: { why: 'gate-not-open' },
    });
  });

  test.each([
    [false, { refused: { why: 'not-unattended', gate: 'gate' } }],
    [true, { events: [expect.objectContaining({ type: 'gate-answered', unattended: true, by: null })] }],
  ])('an unattended go where allow_unattended is %s', (allowUnattended, expected) => {
    const run = new CoreRun(plan([gateStep('gate', { allowUnattended })])).go();
    expect(run.say({ ...says, verdict: 'go', as: null, unattended: true })).toEqual(expected);
  });
});

describe('criteria', () => {
  test('one that is not true is a no-go, whatever people answer', () => {
    const gate = gateStep('gate', { criteria: ['a', 'b'], onNoGo: 'hold' });
    const run = new CoreRun(plan([gate]), { criterion: (e) => e === 'a' }).go();
    expect(run.state.hold).toMatchObject({ cause: 'no-go', message: 'gate: no-go (b)' });
    expect(run.state.hold?.choices).not.toContain('skip');
  });

  test('without a prompt they decide alone', () => {
    const gate = gateStep('gate', { criteria: ['a'], prompt: null, approvers: [], minApprovals: 0 });
    expect(new CoreRun(plan([gate])).go().state.settled?.result).toBe('succeeded');
  });
});

describe('time', () => {
  test('silence never becomes a go: held, then asked again in a new round', () => {
    const run = new CoreRun(plan([gateStep('gate')])).go().wait();
    expect(run.state.hold?.cause).toBe('gate-expired');
    run.choose('retry');
    expect(run.state.steps.gate?.gate).toMatchObject({ round: 2, verdict: null });
  });

  test('silence is a no-go where the gate says so', () => {
    const run = new CoreRun(plan([actStep('a'), gateStep('gate', { onTimeout: 'no_go' })])).go().wait();
    expect(run.state.settled?.result).toBe('rolled_back');
  });

  test('an answer given after the deadline does not count', () => {
    const run = new CoreRun(plan([gateStep('gate')])).go();
    const late = { ...says, verdict: 'go', as: 'lead', unattended: false, at: 300_001 } as const;
    expect(run.say(late)).toEqual({ refused: { why: 'gate-over', gate: 'gate' } });
  });

  test('a gate left open by another session is asked again', () => {
    const run = new CoreRun(plan([gateStep('gate')])).go();
    run.session();
    run.go();
    expect(run.state.steps.gate?.gate?.round).toBe(2);
  });

  test('answers given while no engine ran count, if they were enough', () => {
    const run = new CoreRun(plan([gateStep('gate')])).go();
    run.say({ ...says, verdict: 'go', as: 'lead', unattended: false });
    run.session();
    expect(run.go().state.settled?.result).toBe('succeeded');
    expect(run.state.steps.gate?.gate?.round).toBe(1);
  });

  test('an answer to an earlier round does not count for this one', () => {
    const run = new CoreRun(plan([gateStep('gate')])).go().wait().choose('retry');
    const earlier = { ...says, verdict: 'go', as: 'lead', unattended: false, at: run.now - 1 } as const;
    expect(run.say(earlier)).toEqual({ refused: { why: 'gate-over', gate: 'gate' } });
  });
});
