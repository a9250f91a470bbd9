import { beforeAll, expect, test } from 'vitest';
import type { Event, Recorded } from '../../../engine/decide/events.ts';
import { fold } from '../../../engine/decide/fold.ts';
import { reportJson, reportMarkdown } from '../../../engine/report/report.ts';
import type { ReportedRun } from '../../../engine/report/reported-run.ts';
import { masked } from '../../support/masked.ts';
import { checklistStep, plan, watchStep } from '../../support/plan-builder.ts';

beforeAll(() => {
  process.env.TZ = 'UTC';
});

const rows = checklistStep('rows', [], {
  name: 'Ten rows',
  items: [
    { id: 'login', say: 'Login | works', check: null },
    { id: 'mail', say: 'Mail arrives', check: null },
    { id: 'page', say: 'The page answers', check: null },
  ],
});
const logins = watchStep('logins', { name: 'Failed logins' });

const t0 = Date.UTC(2026, 10, 22, 22);
const events: readonly Event[] = [
  {
    type: 'run-created',
    runId: 'r1',
    runbook: 'test',
    planDigest: 'sha256:test',
    environment: null,
    engine: '0.1.0',
    user: 'ops',
    measuredUndoMs: {},
  },
  { type: 'session-started', session: 1, pid: 1, host: 'h', user: 'ops', interactive: false },
  { type: 'clock-set', t0, skipWaits: false },
  { type: 'step-started', step: 'logins', plannedAt: null },
  { type: 'watch-measured', step: 'logins', n: 1, verdict: 'success', value: masked('0.01') },
  { type: 'watch-measured', step: 'logins', n: 2, verdict: 'failure', value: masked('0.4') },
  { type: 'watch-tripped', step: 'logins', trip: 1, as: 'failure', message: masked('40 % of logins fail') },
  { type: 'step-started', step: 'rows', plannedAt: null },
  { type: 'checklist-opened', step: 'rows', round: 1, asks: ['login', 'mail'] },
  {
    type: 'item-checked',
    step: 'rows',
    item: 'page',
    passed: true,
    by: null,
    user: null,
    reason: masked('200'),
  },
  {
    type: 'item-checked',
    step: 'rows',
    item: 'login',
    passed: false,
    by: 'lead',
    user: 'ops',
    reason: masked('a|b'),
  },
];

const night = (): ReportedRun => {
  const recorded: readonly Recorded[] = events.map((e, i) => ({ ...e, seq: i + 1, at: t0 + i * 1000 }));
  const state = fold(recorded);
  return { plan: plan([logins, rows]), events: recorded, state, live: false, spans: [] };
};

test('items with who answered them, measurements with what they came to', () => {
  const [, body] = reportMarkdown(night(), new Set(['checks', 'lessons']), 1).split(
    '## Checklists and watches\n',
  );
  expect(body).toMatchInlineSnapshot(`
    "
    \`rows\` Ten rows: **1 of 3 passed**

    | Item | Passed | By | Because | At |
    | --- | --- | --- | --- | --- |
    | Login &#124; works | NO | lead, login \`ops\` | a&#124;b | 22:00:10 |
    | Mail arrives | not answered |  |  |  |
    | The page answers | yes | check | 200 | 22:00:09 |

    \`logins\` Failed logins: **running**, 2 measurements: 1 good, 1 bad, 0 inconclusive, 0 not taken; last: \`0.4\`

    - Tripped 2026-11-22 22:00:06+00:00 (failure): 40 % of logins fail

    ## Lessons, from the facts

    - \`logins\` tripped: 40 % of logins fail
    - \`rows\` failed: Login &#124; works: a&#124;b
    "
  `);
});

test('as JSON', () => {
  expect(reportJson(night(), new Set(['checks']))).toMatchObject({
    checks: {
      checklists: [
        { step: 'rows', items: [{ passed: false, by: 'lead' }, { passed: null }, { by: 'check' }] },
      ],
      watches: [{ step: 'logins', counts: { success: 1, failure: 1 }, trips: [{ as: 'failure' }] }],
    },
  });
});
