/** Watches and checklists from their text: what stands in the plan, and what a change of it changes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRunbook } from '../../../engine/load/load.ts';
import { fakeRegistry } from '../../support/registry.ts';

const load = async (steps: readonly unknown[], more = {}) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-watch-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'r.yaml');
  const approvers = { lead: { name: 'Lead' } };
  const vars = { url: { type: 'string', default: 'https://a.test/' } };
  writeFileSync(path, JSON.stringify({ version: 1, name: 'r', approvers, vars, steps, ...more }));
  return (await loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: {} })).plan;
};

const url = ['$', '{{ vars.url }}'].join('');
const measure = { type: 'check', with: { url }, timeout: '20s' };
const watch = { id: 'w', type: 'watch', with: { measure, interval: '30s', count: 20 } };

test('a watch with all that it may leave unsaid', async () => {
  const { w } = (await load([watch])).steps;
  expect(w).toMatchObject({
    kind: 'watch',
    untilMs: null,
    count: 20,
    intervalMs: 30_000,
    initialDelayMs: 0,
    success: null,
    failure: null,
    samples: null,
    noData: 'inconclusive',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    pauses: true,
    onTrip: [],
    onFailure: 'hold',
    measure: { type: 'check', effects: 'read', timeoutMs: 20_000, with: { url: 'https://a.test/' } },
  });
});

test('what the file says of every step that fails goes for a watch and a checklist as well', async () => {
  const list = { id: 'c', type: 'checklist', with: { items: [{ id: 'a', say: 'A', check: measure }] } };
  const { w, c } = (await load([watch, list], { defaults: { on_failure: 'rollback' } })).steps;
  expect([w, c]).toMatchObject([{ onFailure: 'rollback' }, { onFailure: 'rollback' }]);
});

test('conditions see the measured output, vars and what a gate sees; `result` in a literal is only text', async () => {
  const before = { id: 'look', type: 'shell', with: { run: ['uptime'], reads: true } };
  const conditions = {
    success_condition: "result.status == 200 && vars.url != ''",
    failure_condition: "result.status >= 500 || steps['look'].output.code > 0",
    samples: 'result.status',
    min_samples: 2,
    no_data: 'failure',
  };
  const onTrip = [{ type: 'shell', with: { run: ['page', 'oncall'] }, retry: { limit: 1 } }];
  const beside = {
    ...watch,
    at: 'T0',
    background: { until: 'T+40m' },
    with: { ...watch.with, ...conditions, on_trip: onTrip },
  };
  const { steps } = await load([before, beside]);
  expect(steps.w).toMatchObject({
    untilMs: 2_400_000,
    failure: conditions.failure_condition,
    noData: 'failure',
    onTrip: [{ type: 'shell', effects: 'write', retry: { limit: 1 } }],
  });
});

test('a limit, a condition or an item that changes is another decision; a name is not', async () => {
  const digest = async (step: { id: string }) => (await load([step])).steps[step.id]?.digest;
  const w = await digest(watch);
  expect(
    (await digest({ ...watch, with: { ...watch.with, failure_limit: 3 } } as typeof watch))?.forward,
  ).not.toBe(w?.forward);
  const renamed = await digest({ ...watch, name: 'Another' } as typeof watch);
  expect([renamed?.forward, renamed?.cosmetic === w?.cosmetic]).toEqual([w?.forward, false]);
  const item = { id: 'page', say: 'The page loads', check: { type: 'check', with: { url } } };
  const list = { id: 'c', type: 'checklist', with: { items: [item] } };
  const c = await digest(list);
  const human = { id: 'notes', say: 'Notes can be read' };
  const longer = { ...list, with: { items: [item, human], approvers: ['lead'], timeout: '5m' } };
  expect((await digest(longer))?.forward).not.toBe(c?.forward);
});

test('a checklist: which items are read, who is asked, for how long', async () => {
  const items = [
    { id: 'page', say: 'The page loads', check: { type: 'check', with: { url }, retry: { limit: 3 } } },
    { id: 'notes', say: 'Notes can be read' },
  ];
  const list = { id: 'c', type: 'checklist', with: { items, approvers: ['lead'], timeout: '10m' } };
  const gate = {
    id: 'g',
    type: 'gate',
    with: { criteria: ["steps['c'].output.failed == 0 && steps['c'].output.items['notes'].passed"] },
  };
  const { steps } = await load([list, gate]);
  expect(steps.c).toMatchObject({
    kind: 'checklist',
    items: [
      { id: 'page', check: { retry: { limit: 3 } } },
      { id: 'notes', check: null },
    ],
    approvers: ['lead'],
    timeoutMs: 600_000,
    onFailure: 'hold',
  });
});
