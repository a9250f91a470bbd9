import { expect, test } from 'vitest';
import { stepRows, stepTable } from '../../../engine/cli/step-table.ts';
import type { Plan } from '../../../engine/plan.ts';
import { plan as scripted } from '../views/scripted-run.ts';

const opening = scripted.steps['open-doors'];
if (opening?.kind !== 'act') throw new Error('the scripted night opens the doors');
const plan: Plan = {
  ...scripted,
  steps: {
    ...scripted.steps,
    'open-doors': { ...opening, undo: { ...opening.undo, mode: 'none', acts: [], why: 'users are in' } },
  },
};

test('the plan as a table: where each step runs, who decides, and the undo', () => {
  expect(stepTable(plan)).toMatchInlineSnapshot(`
    "AT     STEP                          TYPE     WHERE              ON FAILURE                       ROLLBACK
    T-30m  maintenance-on                command  local              rollback                         own, 1 act
    T-25m  | dump                        command  vps -> legacy      rollback                         own, 1 act
    T-25m  | uploads                     command  local              rollback                         own, 1 act
    T-1m   go-no-go                      gate     1 of lead, deputy  no-go: rollback, after 5m: hold
           ---- POINT OF NO RETURN ----                                                               forward fix: ./forward-fix.md
    T0     open-doors                    command  local              rollback                         NONE: users are in
    "
  `);
});

test('a lane begins with another mark than its other steps have', () => {
  const lanes = [['dump', 'uploads'], ['maintenance-on']];
  const chained: Plan = { ...plan, entries: [{ kind: 'parallel', steps: lanes.flat(), lanes }] };
  const names = stepTable(chained)
    .split('\n')
    .flatMap((line) => line.match(/[+|] \S+/)?.[0] ?? []);
  expect(names).toEqual(['+ dump', '| uploads', '+ maintenance-on']);
});

test('as data the line has no step, and siblings share a number', () => {
  const rows = stepRows(plan);
  expect(rows.map((r) => r.step)).toEqual([
    'maintenance-on',
    'dump',
    'uploads',
    'go-no-go',
    null,
    'open-doors',
  ]);
  expect(rows.map((r) => r.parallel)).toEqual([null, 1, 1, null, null, null]);
});

test('a plan of ten thousand steps is a table at once', () => {
  const act = scripted.steps.dump;
  if (act?.kind !== 'act') throw new Error('the scripted night dumps');
  const ids = Array.from({ length: 10_000 }, (_, i) => `s${i}`);
  const long: Plan = {
    ...scripted,
    entries: ids.map((step) => ({ kind: 'step', step })),
    steps: Object.fromEntries(ids.map((id) => [id, { ...act, id }])),
  };
  // A table that is laid out again for each row would never come back.
  expect(stepTable(long).split('\n')).toHaveLength(10_002);
});
