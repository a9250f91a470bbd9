import { expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { answersOf, changedAnswers } from '../../../engine/what-if/answers.ts';
import { whatIf } from '../../../engine/what-if/what-if.ts';
import { actStep, autoUndo, gateStep, plan } from '../../support/plan-builder.ts';

const answers = (subject: Plan) => answersOf(whatIf(subject, { pairs: 0, seed: 1 }));
const none = { ...autoUndo, mode: 'none', why: 'none', acts: [] } as const;

const subject = (over: Parameters<typeof actStep>[1] = {}) =>
  plan([actStep('a', over), gateStep('gate'), 'line', actStep('open', { atMs: 0 })], {
    timeline: { opensMs: null, hardStopMs: 3_600_000 },
  });

/** What each fault of `a` has become, by its choices. */
const worse = (before: Plan, after: Plan) =>
  Object.fromEntries(
    changedAnswers(answers(before), answers(after)).map((c) => [`${c.fault}/${c.choices}`, c.worse]),
  );

test('by fault and by choices, the run as planned among them', () => {
  const found = answers(subject());
  expect(found['as-planned']?.stories['']).toMatchObject({ end: 'succeeded', asked: [], hardStopKept: true });
  expect(Object.keys(found['a:fails-changed']?.stories ?? {})).toEqual(['retry', 'roll-back', 'nobody']);
  expect(found['a:fails-changed']?.stories['roll-back']).toMatchObject({
    end: 'rolled-back',
    asked: ['failed at a'],
    undone: ['a'],
    stays: [],
  });
});

test('the same runbook has the same answers, and an instant that moves is none of them', () => {
  expect(worse(subject(), subject())).toEqual({});
  expect(worse(subject(), subject({ expectedMs: 60_000 }))).toEqual({});
});

test('an undo that is dropped, a rollback that is no longer offered, and a hard stop that is missed', () => {
  const changed = worse(subject(), subject({ undo: none }));
  expect(changed['a:fails-changed/roll-back']).toEqual(['no longer undone: a']);
  expect(changed['gate:no-go/']).toEqual(['no longer undone: a']);
  const late = changedAnswers(answers(subject()), answers(subject({ expectedMs: 2_500_000 })));
  expect(late.find((c) => c.fault === 'as-planned')?.worse).toEqual([
    'breaks "as planned, the hard stop is kept"',
    'misses the hard stop',
    'asks: window at a',
  ]);
  const line = plan([gateStep('gate'), 'line', actStep('a'), actStep('open', { atMs: 0 })]);
  expect(worse(subject(), line)['a:fails-changed/roll-back']).toEqual(['no rollback is offered any more']);
});

test('a gate that silence passes breaks what is built in', () => {
  const silent = plan([
    actStep('a'),
    gateStep('gate', { prompt: null }),
    'line',
    actStep('open', { atMs: 0 }),
  ]);
  expect(worse(subject(), silent)['as-planned/']).toContain('breaks "no answer is not a go"');
});

test('only what both know is compared', () => {
  const more = plan([actStep('a'), actStep('b')]);
  const less = plan([actStep('a')]);
  expect(Object.keys(worse(less, more)).filter((key) => key.startsWith('b'))).toEqual([]);
});
