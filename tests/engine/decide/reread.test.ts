/** Verifies of what their own step has read: each must be true of the newest rows. */
import { expect, test } from 'vitest';
import { CoreRun, type World } from '../../support/core-run.ts';
import { actStep, autoUndo, plan, planAct } from '../../support/plan-builder.ts';

const check = (limit: number) =>
  planAct({ effects: 'read', reads: ['q'], retry: { limit, intervalMs: 1_000, backoff: 1 } });

const begin = (limits: readonly number[], world: World) => {
  const step = actStep('q', {
    act: planAct({ effects: 'read' }),
    verify: limits.map(check),
    undo: { ...autoUndo, mode: 'nothing', acts: [] },
  });
  return new CoreRun(plan([step]), world).go();
};

/** What the n-th read finds, and each check says of it. */
const rows = (holds: (check: string, rows: number) => boolean): World => ({
  act: ({ act }, run) => {
    if (act === 'q/do/0') return 'done';
    const read = run.state.acts['q/do/0']?.attempts.length ?? 0;
    return holds(act, read) ? 'done' : { effect: 'none', retryable: false };
  },
});

test('a check that held is asked again about the rows that another one has had read', () => {
  const run = begin(
    [2, 2],
    rows((act, read) => act === 'q/verify/0' || read === 2),
  ).wait();
  expect(run.started()).toEqual([
    ...['q/do/0#1', 'q/verify/0#1', 'q/verify/1#1', 'q/do/0#2', 'q/verify/0#2', 'q/verify/1#2'],
  ]);
  expect(run.state.steps.q?.state).toBe('succeeded');
});

test('checks that pass in turn, never on the same rows, do not make the step succeed', () => {
  const run = begin(
    [0, 1],
    rows((act, read) => (act === 'q/verify/0') === (read === 1)),
  ).wait();
  expect(run.state.hold).toMatchObject({ cause: 'failed', step: 'q', act: 'q/verify/0' });
});

test('retry at a hold reads anew, however often', () => {
  const run = begin(
    [0],
    rows((_, read) => read === 3),
  );
  expect(run.state.hold).toMatchObject({ cause: 'failed', act: 'q/verify/0' });
  run.choose('retry');
  expect(run.state.hold).toMatchObject({ cause: 'failed', act: 'q/verify/0' });
  run.choose('retry');
  expect(run.started()).toEqual([
    ...['q/do/0#1', 'q/verify/0#1', 'q/do/0#2', 'q/verify/0#2', 'q/do/0#3', 'q/verify/0#3'],
  ]);
  expect(run.state.steps.q?.state).toBe('succeeded');
});
