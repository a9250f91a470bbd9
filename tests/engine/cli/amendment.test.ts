import { describe, expect, test } from 'vitest';
import { type Acceptance, amend } from '../../../engine/cli/amendment.ts';
import { initialState } from '../../../engine/decide/fold.ts';
import type { RunState } from '../../../engine/decide/state.ts';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import type { Plan, PlanStep } from '../../../engine/plan.ts';
import { checklistStep, plan as made, watchStep } from '../../support/plan-builder.ts';
import { held, plan, play } from '../views/scripted-run.ts';

/** maintenance-on has succeeded, dump is held half-done; the gate and opening are pending. */
const state = play(held, () => {});
const none: Acceptance = { steps: [], reason: '' };

const change = (id: string, digest: Partial<PlanStep['digest']>): Plan => {
  const step = plan.steps[id];
  if (!step) throw new Error(`no step ${id}`);
  const steps = { ...plan.steps, [id]: { ...step, digest: { ...step.digest, ...digest } } };
  return { ...plan, digest: 'sha256:4567', steps };
};

const without = (id: string): Plan => {
  const { [id]: _, ...steps } = plan.steps;
  const entries = plan.entries.filter((e) => e.kind !== 'step' || e.step !== id);
  return { ...plan, digest: 'sha256:4567', steps, entries };
};

const codes = (after: Plan, accept = none): readonly string[] => {
  try {
    amend(plan, after, state, accept);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((d) => d.code);
    throw error;
  }
  return [];
};

test('the same runbook amends nothing', () => {
  expect(amend(plan, plan, state, none)).toBeNull();
});

describe('what has run', () => {
  test('may not do something else now', () => {
    expect(codes(change('maintenance-on', { forward: 'x' }))).toEqual(['RB630']);
  });

  test('nor may what is half-done', () => {
    expect(codes(change('dump', { forward: 'x' }))).toEqual(['RB630']);
  });

  test('unless a person takes the change over, on record', () => {
    const accept = { steps: ['maintenance-on'], reason: 'typo in a comment' };
    expect(amend(plan, change('maintenance-on', { forward: 'x' }), state, accept)).toEqual({
      changes: ['maintenance-on: its action changed'],
      accepted: [{ step: 'maintenance-on', reason: 'typo in a comment' }],
    });
  });

  test('may not be gone, nor get something new before it', () => {
    expect(codes(without('maintenance-on'))).toContain('RB631');
    const [first, ...rest] = plan.entries;
    const entries = [...rest, ...(first ? [first] : [])];
    expect(codes({ ...plan, digest: 'sha256:4567', entries })).toEqual(['RB632']);
  });

  test('its undo may improve, but not be removed', () => {
    expect(amend(plan, change('maintenance-on', { undo: 'x' }), state, none)?.changes).toEqual([
      'maintenance-on: its undo changed',
    ]);
    const step = plan.steps['maintenance-on'];
    if (step?.kind !== 'act') throw new Error('an act');
    const weaker = {
      ...step,
      undo: { ...step.undo, mode: 'none' as const },
      digest: { ...step.digest, undo: 'x' },
    };
    expect(
      codes({ ...plan, digest: 'sha256:4567', steps: { ...plan.steps, 'maintenance-on': weaker } }),
    ).toEqual(['RB634']);
  });
});

describe('what is still to come', () => {
  test('may change, and the change is reported', () => {
    expect(amend(plan, change('open-doors', { forward: 'x' }), state, none)?.changes).toEqual([
      'open-doors: its action changed',
    ]);
  });

  test('a gate may not get weaker unnoticed', () => {
    expect(codes(change('go-no-go', { forward: 'x' }))).toEqual(['RB634']);
    expect(
      codes(change('go-no-go', { forward: 'x' }), { steps: ['go-no-go'], reason: 'more criteria' }),
    ).toEqual([]);
    expect(codes(without('go-no-go'))).toEqual(['RB634']);
  });

  test('the point of no return stays', () => {
    const entries = plan.entries.filter((e) => e.kind !== 'line');
    expect(codes({ ...plan, digest: 'sha256:4567', entries })).toEqual(['RB632']);
  });
});

describe('the order', () => {
  const ordered = (entries: Plan['entries']): Plan => ({ ...plan, digest: 'sha256:4567', entries });

  test('no step moves from after the point of no return to before it', () => {
    const line = plan.entries.findIndex((e) => e.kind === 'line');
    const [behind] = plan.entries.slice(line + 1);
    if (!behind) throw new Error('an act after the point of no return');
    const rest = plan.entries.filter((e) => e !== behind);
    expect(codes(ordered([...rest.slice(0, line - 1), behind, ...rest.slice(line - 1)]))).toEqual(['RB632']);
  });

  test('a changed order is reported, and changed parallel blocks', () => {
    const at = plan.entries.findIndex((e) => e.kind === 'step' && e.step === 'open-doors');
    const side = plan.entries.map((e, i) =>
      i === at ? ({ kind: 'parallel', steps: ['open-doors'] } as const) : e,
    );
    expect(amend(plan, ordered(side), state, none)?.changes).toEqual(['the parallel blocks changed']);
  });

  test('steps of a parallel block that wait for each other now are reported', () => {
    const lanes = [['open-doors', 'dump']];
    const block = (chained: boolean): Plan => ({
      ...plan,
      entries: [{ kind: 'parallel', steps: lanes.flat(), ...(chained && { lanes }) }],
    });
    const after = { ...block(true), digest: 'sha256:4567' };
    expect(amend(block(false), after, { ...state, steps: {} }, none)?.changes).toEqual([
      'the parallel blocks changed',
    ]);
  });
});

test('a finished undo must not change; a later one may be fixed', () => {
  const key = 'maintenance-on/undo/0';
  const attempt = { n: 1, session: 1, result: 'done' };
  const begun = (done: boolean): RunState => {
    const attempts = [{ ...attempt, result: done ? 'done' : 'failed' }];
    return { ...state, acts: { ...state.acts, [key]: { attempts, done } } } as unknown as RunState;
  };
  const after = change('maintenance-on', { undo: 'x' });
  const step = after.steps['maintenance-on'];
  if (step?.kind !== 'act') throw new Error('an act');
  const [first] = step.undo.acts;
  if (!first) throw new Error('an undo');
  const acts = [{ ...first, with: { run: 'something else' } }, first];
  const mended = {
    ...after,
    steps: { ...after.steps, 'maintenance-on': { ...step, undo: { ...step.undo, acts } } },
  };
  expect(amend(plan, mended, begun(false), none)?.changes).toEqual(['maintenance-on: its undo changed']);
  expect(() => amend(plan, mended, begun(true), none)).toThrow(DiagnosticError);
});

test('accepting what needs no acceptance is a mistake worth telling', () => {
  expect(codes(plan, { steps: ['open-doors'], reason: 'r' })).toEqual(['RB633']);
});

test('all refusals are reported together', () => {
  const both = change('maintenance-on', { forward: 'x' });
  const dump = change('dump', { forward: 'x' }).steps.dump;
  if (!dump) throw new Error('dump');
  expect(codes({ ...both, steps: { ...both.steps, dump } })).toEqual(['RB630', 'RB630']);
});

test('a watch or a checklist that is still to come may not be changed, or be gone, unnoticed', () => {
  const guards = [watchStep('logins'), checklistStep('validation', ['page'])];
  const before = made(guards);
  const fresh = initialState();
  const codesOf = (after: Plan) => {
    try {
      amend(before, { ...after, digest: 'sha256:other' }, fresh, { steps: [], reason: '' });
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map((d) => d.code);
    }
  };
  const weaker = guards.map((step) => ({ ...step, digest: { ...step.digest, forward: 'x' } }));
  expect(codesOf(made(weaker))).toEqual(['RB634', 'RB634']);
  expect(codesOf(made([]))).toEqual(['RB634', 'RB634']);
});
