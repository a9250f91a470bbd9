/** Small plans, each for one answer of what-if. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { replay } from '../../../engine/what-if/replay.ts';
import { type WhatIf, whatIf } from '../../../engine/what-if/what-if.ts';
import { actStep, checklistStep, gateStep, plan, planAct, watchStep } from '../../support/plan-builder.ts';

const ask = (subject: Plan, pairs = 0): WhatIf => whatIf(subject, { pairs, seed: 1 });

/** `choice: end`, for each story of the fault. */
const endings = ({ faults }: WhatIf, id: string): readonly string[] =>
  (faults.find(({ fault }) => fault.id === id)?.stories ?? []).map(({ ending: { asked, end } }) =>
    [...asked.map(({ cause, choice }) => `${cause}, ${choice}`), end].join(': '),
  );

describe('a gate', () => {
  const gated = (over: Parameters<typeof gateStep>[1] = {}) =>
    ask(plan([actStep('a'), gateStep('gate', { criteria: ['c'], ...over }), 'line', actStep('open')]));

  test('no-go, false criteria and silence, as its policies say', () => {
    const found = gated({ onTimeout: 'hold', onNoGo: 'rollback' });
    expect(endings(found, 'gate:no-go')).toEqual(['rolled-back']);
    expect(endings(found, 'gate:criterion')).toEqual(['rolled-back']);
    expect(endings(found, 'gate:silence')).toEqual([
      'gate-expired, retry: succeeded',
      'gate-expired, roll-back: rolled-back',
      'gate-expired, nobody: held',
    ]);
    expect(endings(gated({ onTimeout: 'no_go' }), 'gate:silence')).toEqual(['rolled-back']);
    expect(found.broken).toEqual([]);
  });

  test('without a time limit the run waits for good', () => {
    expect(endings(gated({ timeoutMs: null }), 'gate:silence')).toEqual(['unanswered, nobody: waiting']);
  });

  test('a go of an engine that was lost is asked again', () => {
    expect(endings(gated(), 'gate:gate-lost-hour')).toEqual(['succeeded']);
    expect(endings(gated(), 'open:crash-before')).toEqual(['succeeded']);
  });

  test('one that asks nobody lets the run cross in silence, and that is found without a declared invariant', () => {
    const { broken, asPlanned } = gated({ prompt: null, approvers: [], minApprovals: 0, timeoutMs: null });
    expect(broken.map(({ invariant, story }) => [invariant, story])).toEqual([
      ['no answer is not a go', 'as-planned'],
    ]);
    expect(asPlanned.broken).toEqual(['no answer is not a go']);
  });
});

test('after the point of no return nobody is offered a rollback, and the ending says so', () => {
  const found = ask(plan([gateStep('gate'), 'line', actStep('open'), actStep('after')]));
  expect(endings(found, 'after:fails')).toEqual(['failed, retry: succeeded', 'failed, nobody: held']);
  expect(found.faults.find(({ fault }) => fault.id === 'after:fails')?.stories[1]?.ending).toMatchObject({
    crossed: true,
    stays: [],
  });
});

test('a checklist: an item that fails, and one that nobody answers', () => {
  const found = ask(plan([checklistStep('list', ['read', 'h1'])]));
  expect(endings(found, 'list.item.read:check-fails')[0]).toBe('failed, retry: succeeded');
  expect(endings(found, 'list.item.h1:item-fails')[0]).toBe('failed, retry: succeeded');
  expect(endings(found, 'list.item.h1:silence')[0]).toBe('unanswered, retry: succeeded');
});

test('a watch that trips pauses what can be paused, which goes on after a retry', () => {
  const mailing = actStep('mail', { expectedMs: 600_000, act: planAct({ pausable: true }) });
  const beside = watchStep('watch', { untilMs: 300_000, count: null, initialDelayMs: 1_000 });
  const found = ask(plan([beside, mailing]));
  expect(endings(found, 'watch:trips')).toEqual([
    'watch, retry: succeeded',
    'watch, roll-back: rolled-back',
    'watch, nobody: held',
  ]);
});

describe('times', () => {
  const timed = (over: Partial<Plan['timeline']> = {}) =>
    plan(
      [actStep('a', { atMs: -60_000, expectedMs: 20_000 }), actStep('b', { atMs: 0, expectedMs: 40_000 })],
      {
        timeline: { opensMs: null, hardStopMs: 900_000, ...over },
      },
    );
  const backOf = (found: WhatIf, id: string) =>
    found.faults
      .find(({ fault }) => fault.id === id)
      ?.stories.map(({ ending }) => [ending.backMs, ending.hardStopKept]);

  test('the service is back once the acts at T0 are done, or the rollback is over: `expected` and a half', () => {
    const found = ask(timed());
    expect(found.asPlanned.ending).toMatchObject({ backMs: 60_000, hardStopKept: true });
    // Five minutes of thinking, then the undo of each for as long as its act.
    expect(backOf(found, 'b:fails-changed')).toEqual([
      [60_000 + 300_000 + 60_000, true],
      [60_000 + 300_000 + 60_000 + 30_000, true],
      [null, false],
    ]);
  });

  test('a run that is held before it changed anything has missed nothing', () => {
    expect(backOf(ask(timed({ hardStopMs: 10_000 })), 'a:fails')?.at(-1)).toEqual([null, true]);
  });

  test('an act that times out takes its whole time limit, as often as it is retried', () => {
    const slow = actStep('a', {
      act: planAct({ timeoutMs: 50_000, killGraceMs: 0, retry: { limit: 1, intervalMs: 7_000, backoff: 1 } }),
    });
    const found = ask(plan([slow]));
    const retried = found.faults.find(({ fault }) => fault.id === 'a:times-out-not-done')?.stories[0];
    expect(retried?.ending.backMs).toBe(2 * 50_000 + 7_000 + 300_000 + 15_000);
  });
});

describe('pairs', () => {
  test('an undo that fails is only met in a rollback that another fault leads to', () => {
    const subject = plan([actStep('a', { onFailure: 'rollback' })]);
    expect(ask(subject).faults.some(({ fault }) => fault.second)).toBe(false);
    const { pairs, stories } = ask(subject, 10_000);
    expect(pairs.run).toBe(pairs.of);
    expect(pairs.met).toBeGreaterThan(0);
    expect(stories).toBeGreaterThan(pairs.met);
  });

  test('a pair is told by the ids of both faults', () => {
    const subject = plan([actStep('a'), actStep('b', { onFailure: 'rollback' })]);
    const replayed = replay(subject, 'b:fails+a.undo.1:fails/nobody');
    expect(replayed.ok && replayed.told.ending).toMatchObject({
      end: 'held',
      asked: [{ cause: 'failed', step: 'a', choice: 'nobody' }],
      stays: ['a'],
    });
    expect(replay(subject, 'b:fails+a.undo.1:fails')).toEqual({
      ok: false,
      unknown: '',
      known: ['retry', 'nobody'],
    });
  });
});

test('an expression that cannot be judged breaks its invariant, and says why', () => {
  const invariants = [
    { name: 'share', that: 'facts.a / facts.b > 0', when: 'end', message: null, line: 1 },
  ] as const;
  const { broken } = ask(plan([actStep('a', { sets: { b: 0 } })], { facts: { a: 1, b: 1 }, invariants }));
  expect(broken[0]?.message).toContain('division by zero');
});
