/** What expressions see of the run and of the times of its steps. */
import { expect, test } from 'vitest';
import { initialState } from '../../../engine/decide/fold.ts';
import { stepState } from '../../../engine/decide/queries.ts';
import type { RunState, StepState } from '../../../engine/decide/state.ts';
import { ExprError, evaluate } from '../../../engine/expr/evaluate.ts';
import { createScopes } from '../../../engine/run/scope.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

const two = plan([actStep('a'), actStep('b')], { locals: { url: 'https://a/' } });
const at = Date.parse('2026-03-01T02:00:00Z');

const seen = (a: Partial<StepState>, expr: string) => {
  const empty = initialState();
  const state: RunState = { ...empty, steps: { a: { ...stepState(empty, 'a'), ...a } } };
  const scopes = createScopes(two, fakeRegistry(fakeWorld()), { now: () => at + 60_000 });
  return evaluate(expr, scopes.of(state, ['a']));
};

const settled = { state: 'succeeded', startedAt: at, settledAt: at + 4_000, forwardAt: at + 4_000 } as const;

test.each<[string, unknown]>([
  ['run.now', '2026-03-01T02:01:00.000Z'],
  ['steps.a.started_at', '2026-03-01T02:00:00.000Z'],
  ['steps.a.settled_at', '2026-03-01T02:00:04.000Z'],
  ['steps.a.duration_ms + 1', 4_001],
  ["timestamp(run.now) - timestamp(steps.a.settled_at) < duration('2m')", true],
  ['locals.url', 'https://a/'],
])('%s of a step that has ended', (expr, value) => {
  expect(seen(settled, expr)).toBe(value);
});

test('an undo changes nothing of when a step ran', () => {
  const undone = { ...settled, state: 'undone', settledAt: at + 99_000 } as const;
  expect(seen(undone, 'steps.a.settled_at')).toBe('2026-03-01T02:00:04.000Z');
  expect(seen(undone, 'steps.a.duration_ms')).toBe(4_000);
});

test.each<[string, Partial<StepState>, readonly string[]]>([
  ['never started', {}, ['started_at', 'settled_at', 'duration_ms']],
  ['still runs', { state: 'running', startedAt: at }, ['settled_at', 'duration_ms']],
  [
    'was skipped before it started',
    { state: 'skipped', settledAt: at, forwardAt: at },
    ['started_at', 'settled_at', 'duration_ms'],
  ],
])('of a step that %s, a time that is not known is an error', (_, a, unknown) => {
  for (const field of unknown) expect(() => seen(a, `steps.a.${field}`)).toThrow(ExprError);
});

test('what an act was given is journaled, so that it is the same whenever it is looked at', async () => {
  const reading = planAct({
    type: 'put',
    with: { name: { $template: ['b-', { expr: 'steps.a.started_at' }, '-', { expr: 'run.now' }] } },
    reads: ['a'],
  });
  const first = planAct({ type: 'put', with: { name: 'a' } });
  const run = new TestRun(plan([actStep('a', { act: first }), actStep('b', { act: reading })]), fakeWorld());
  const { outcome, state } = await run.session();
  expect(outcome).toBe('succeeded');
  const given = run.journal().find((e) => e.type === 'act-started' && e.act === 'b/do/0');
  const started = new Date(stepState(state, 'a').startedAt ?? 0).toISOString();
  const name = given?.type === 'act-started' ? String(given.input.name) : '';
  expect(name.startsWith(`b-${started}-`)).toBe(true);
  expect(Date.parse(name.slice(`b-${started}-`.length))).toBeGreaterThanOrEqual(Date.parse(started));
});
