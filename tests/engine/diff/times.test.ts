import { expect, test } from 'vitest';
import { diffPlans } from '../../../engine/diff/diff.ts';
import { diffTimes } from '../../../engine/diff/times.ts';
import { diffWhatIf, isAffordable } from '../../../engine/diff/what-if.ts';
import { sameShift } from '../../../engine/diff/words.ts';
import type { Plan, PlanActStep } from '../../../engine/plan.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';

const none = { ...autoUndo, mode: 'none', why: 'none', acts: [] } as const;

/** Closed by one step, open again by another one. */
const shop = (close: Partial<PlanActStep> = {}, work: Partial<PlanActStep> = {}) =>
  plan(
    [
      actStep('close', {
        atMs: -600_000,
        expectedMs: 10_000,
        act: planAct({ with: { a: 'close' } }),
        sets: { closed: true },
        ...close,
      }),
      actStep('work', { expectedMs: 60_000, act: planAct({ with: { a: 'work' } }), ...work }),
      actStep('open', { expectedMs: 10_000, act: planAct({ with: { a: 'open' } }), sets: { closed: false } }),
    ],
    {
      timeline: { opensMs: null, hardStopMs: 600_000 },
      facts: { closed: false },
      invariants: [
        {
          name: 'a rollback opens it',
          that: "run.state != 'rolled-back' || !facts.closed",
          when: 'end',
          message: 'It stays closed',
          line: 1,
        },
      ],
    },
  );

const times = (before: Plan, after: Plan) => diffTimes(before, after, diffPlans(before, after).match);
const answers = (before: Plan, after: Plan) => diffWhatIf(before, after, diffPlans(before, after).match);

test('how long a state lasts, and what each step starts at', () => {
  const { changes, spans, steps } = times(shop(), shop({}, { expectedMs: 300_000 }));
  expect(spans).toMatchObject([{ what: 'closed: true' }]);
  expect(changes).toContainEqual(
    expect.objectContaining({ kind: 'span', danger: 'medium', reason: 'It lasts 4m longer' }),
  );
  expect(steps.find(({ step }) => step === 'open')?.start).toEqual({ before: -530_000, after: -290_000 });
});

test('a rollback that would end after the hard stop', () => {
  const { changes } = times(shop(), shop({}, { undo: { ...autoUndo, expectedMs: 3_600_000 } }));
  expect(changes.filter(({ danger }) => danger === 'high').map(({ kind }) => kind)).toContain('last-abort');
});

test('an invariant that a fault breaks now, and one that none breaks any more', () => {
  const found = answers(shop(), shop({ undo: none }));
  expect(found.changes).toContainEqual(
    expect.objectContaining({
      kind: 'what-if',
      danger: 'high',
      what: 'breaks "a rollback opens it"',
      cause: 'close',
    }),
  );
  // The change of the undo itself says that it is no longer undone.
  expect(found.changes.filter(({ what }) => what.startsWith('no longer undone'))).toEqual([]);
  expect(answers(shop({ undo: none }), shop()).changes).toContainEqual(
    expect.objectContaining({ danger: 'low', what: '"a rollback opens it" is no longer broken' }),
  );
});

test('a dropped undo is the cause only of what is whole again with it', () => {
  const found = answers(shop(), shop({}, { undo: none, sets: { closed: true } }));
  expect(found.changes.flatMap(({ cause }) => cause ?? [])).not.toContain('close');
  const both = answers(shop(), shop({ undo: none }, { undo: none }));
  expect(both.changes.filter(({ what }) => what.startsWith('no longer undone'))).toEqual([]);
  expect(both.changes.find(({ what }) => what.startsWith('breaks'))).toMatchObject({ cause: 'close' });
});

test('steps that all shift by the same are one sentence', () => {
  const row = (step: string, by: number) => ({
    step,
    start: { before: 0, after: by },
    latestAbort: { before: 60_000, after: 60_000 },
    rollback: { before: 10_000, after: 5_000 },
  });
  expect(sameShift([row('a', 60_000), row('b', 60_000), row('c', 60_000)])).toBe(
    'Times as planned, for 3 steps from "a" to "c": each starts 1m later; a rollback takes 5s less.',
  );
  expect(sameShift([row('a', 60_000), row('b', 60_000), row('c', 1000)])).toBeNull();
});

test('a renamed step ends as it did', () => {
  const before = shop();
  const { work, ...rest } = before.steps;
  const after: Plan = {
    ...before,
    steps: { ...rest, job: { ...(work as PlanActStep), id: 'job', name: 'job' } },
    entries: before.entries.map((each) =>
      each.kind === 'step' && each.step === 'work' ? { kind: 'step', step: 'job' } : each,
    ),
  };
  expect(answers(before, after)).toEqual({ changes: [], answers: [] });
});

test('long runbooks are not asked by default', () => {
  const long = plan(Array.from({ length: 200 }, (_, i) => actStep(`s${i}`)));
  expect(isAffordable(shop(), shop())).toBe(true);
  expect(isAffordable(shop(), long)).toBe(false);
});
