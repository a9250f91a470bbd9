import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { planRecord } from '../../../engine/plan-view/json.ts';
import { planMarkdown } from '../../../engine/plan-view/markdown.ts';
import { timelineMermaid } from '../../../engine/plan-view/mermaid.ts';
import { planRows } from '../../../engine/plan-view/rows.ts';
import { planText } from '../../../engine/plan-view/text.ts';
import { timesOf } from '../../../engine/timeline/times-of.ts';
import { actStep, autoUndo, gateStep, lanes, plan } from '../../support/plan-builder.ts';
import { hostilePlan, longPlan, smallPlan } from '../../support/plan-samples.ts';

const rowsOf = (p: Plan) => planRows(p, timesOf(p));
const t0 = { at: Date.UTC(2026, 10, 22, 22), offsetMinutes: 60 };

test('lanes are marked in every format', () => {
  const chained = plan([
    lanes([actStep('a1', { expectedMs: 60_000 }), actStep('a2', { expectedMs: 60_000 })], [actStep('b1')]),
  ]);
  const text = planText(rowsOf(chained), null);
  expect(text.split('\n').flatMap((line) => line.match(/[*+| ]{3}[ab]\d$/)?.[0] ?? [])).toEqual([
    '*+ a1',
    '*| a2',
    ' + b1',
  ]);
  expect(text).toContain('(+ begins a lane, whose steps run in');
  expect(planMarkdown(rowsOf(chained), null)).toContain('`a2` (critical, parallel 1, lane 1)');
  const { steps } = planRecord(rowsOf(chained), null);
  expect(steps.map(({ step, lane, startMs }) => [step, lane, startMs])).toEqual([
    ['a1', 1, 0],
    ['a2', 1, 60_000],
    ['b1', 2, 0],
  ]);
});

describe('text', () => {
  test('a small plan', () => {
    expect(planText(rowsOf(smallPlan()), null)).toMatchInlineSnapshot(`
      "plan of small (lab)
        6 steps from T-12m to T+20m30s (32m 30s)
        Maintenance window: opens T-12m, hard stop T+15m
        Point of no return: T0, when open starts, after the gate go. Then: ./fix.md
        Rollback: 40s after go; possible until T0, the point of no return
        Least slack before T0: 30s (go)
        Critical path: open, errors

      START  EXPECTED  SLACK    UNDO      ROLLBACK  ABORT BY     STEP
      T-10m  30s       1m 30s   auto 20s  20s       T+14m40s     close
      T-8m   2m        5m       auto 20s  40s       T+14m20s   | dump
      T-8m   1m        6m       none      40s       T+14m20s   | mail
      T-1m   30s       30s      -         40s       T+14m20s     go
      ------------------------ point of no return --------------------------------------------------------
      T0     30s       14m 30s  auto 20s  none      -         *  open
      T+30s  20m       -        -         none      -         *  errors

      * critical: its delay delays the end of the run. | in parallel. SLACK: how late it may end before a
      planned start or the hard stop is missed. UNDO: of the step alone. ROLLBACK: of all that is done
      when the step has ended.

      Gates
        go: asks 1 of lead (Lead), deputy (Deputy); no answer in 5m: the run is held; no-go: the run is
            rolled back

      What a rollback cannot undo
        mail: A mail cannot be called back

      Facts that differ from the start
        open = false for 10m: T-9m30s (close) to T+30s (open)
      "
    `);
  });

  test('with times of day, in the zone of the offset', () => {
    const text = planText(rowsOf(smallPlan()), t0);
    expect(text).toContain('hard stop T+15m (23:15:00)');
    expect(text).toContain('  T0: 2026-11-22 23:00:00+01:00\n');
    expect(text).toMatch(/^START +CLOCK /m);
    expect(text).toMatch(/^T-10m +22:50:00 /m);
  });

  test.each(Object.entries({ smallPlan, longPlan, hostilePlan }))('fits 100 columns: %s', (_, make) => {
    for (const clock of [null, t0]) {
      const long = planText(rowsOf(make()), clock)
        .split('\n')
        .filter((line) => line.length > 100);
      expect(long).toEqual([]);
    }
  });

  test('what goes wrong even if nothing fails', () => {
    const late = plan(
      [
        actStep('first', { atMs: -60_000, expectedMs: 90_000, undo: { ...autoUndo, expectedMs: 500_000 } }),
        gateStep('ask', { expectedMs: 400_000, timeoutMs: 300_000 }),
        actStep('second', { atMs: 0, expectedMs: 60_000 }),
      ],
      { timeline: { opensMs: null, hardStopMs: 300_000 } },
    );
    const { warnings } = planRecord(rowsOf(late), null);
    expect(warnings).toEqual([
      'second starts 7m 10s after its planned start',
      'second ends 3m 10s after the hard stop',
      'The run will be held at first: after it, a rollback may end after the hard stop',
      'ask is expected to take longer than its timeout',
    ]);
    expect(planText(rowsOf(late), null)).toContain('  ! second ends 3m 10s after the hard stop');
  });
});

describe('Mermaid', () => {
  test('a small plan', () => {
    const p = smallPlan();
    expect(timelineMermaid(p, timesOf(p))).toMatchInlineSnapshot(`
      "gantt
        title small T0 is drawn at 12.00
        dateFormat YYYY-MM-DD HH:mm:ss
        axisFormat %H:%M
        todayMarker off
        section Steps
        T-10m close :s1, 2001-01-01 11:50:00, 30s
        T-8m dump :s2, 2001-01-01 11:52:00, 120s
        T-8m mail :s3, 2001-01-01 11:52:00, 60s
        T-1m go :milestone, s4, 2001-01-01 11:59:00, 30s
        section No rollback
        T0 open :crit, s5, 2001-01-01 12:00:00, 30s
        T+30s errors :crit, s6, 2001-01-01 12:00:30, 1200s
        section Limits
        T-12m window opens :milestone, s7, 2001-01-01 11:48:00, 0s
        T+15m hard stop :crit, milestone, s8, 2001-01-01 12:15:00, 0s
        T+20m30s end :milestone, s9, 2001-01-01 12:20:30, 0s
        section Facts
        T-9m30s open = false :active, s10, 2001-01-01 11:50:30, 600s
      "
    `);
  });

  test('no text of the runbook becomes syntax', () => {
    const p = hostilePlan();
    for (const line of timelineMermaid(p, timesOf(p)).split('\n').slice(1)) {
      if (line === '') continue;
      expect(line).toMatch(/^ {2}(title|dateFormat|axisFormat|todayMarker|section|T[-+0-9])/);
      expect(line).not.toMatch(/[;#<>`|]|%%/);
      if (/^ {2}T[-+0-9]/.test(line))
        expect(line).toMatch(/^ {2}[^:]+ :((crit|milestone|active), )*s\d+, [-\d]+ [\d:]+, \d+s$/);
    }
  });

  test('a long plan shows its most important steps and says how many are missing', () => {
    const p = longPlan();
    const text = timelineMermaid(p, timesOf(p));
    expect(text.length).toBeLessThan(50_000);
    expect(text).toContain('and 100 more steps');
  });
});

describe('Markdown', () => {
  test('the picture, the table, what stays', () => {
    const text = planMarkdown(rowsOf(smallPlan()), t0);
    expect(text).toContain('```mermaid\ngantt\n');
    expect(text).toContain('**Point of no return**');
    expect(text).toContain('- `mail`: A mail cannot be called back');
    expect(text).toContain('| T-10m | 22:50:00 | `close`<br>Close the site | 30s |');
  });

  test('a long table is folded, and texts are escaped', () => {
    expect(planMarkdown(rowsOf(longPlan()), null)).toContain('<details><summary>300 steps</summary>');
    const text = planMarkdown(rowsOf(hostilePlan()), null);
    expect(text).not.toContain('<script>');
    expect(text.match(/^```/gm)).toHaveLength(2);
  });
});

test('JSON', () => {
  const record = planRecord(rowsOf(smallPlan()), t0);
  expect(record).toMatchObject({
    runbook: 'small',
    t0: '2026-11-22 23:00:00+01:00',
    pointOfNoReturn: { atMs: 0, gate: 'go', act: 'open', forwardFix: './fix.md' },
    windowHold: null,
    criticalPath: ['open', 'errors'],
    stays: [{ step: 'mail', why: 'A mail cannot be called back' }],
  });
  expect(record.steps.find(({ step }) => step === 'mail')).toMatchObject({
    startMs: -480_000,
    startAt: '2026-11-22 22:52:00+01:00',
    parallel: 1,
    lane: null,
    wayBackMs: 40_000,
    undo: { mode: 'none', why: 'A mail cannot be called back', expectedMs: 0 },
    answers: null,
  });
  expect(record.steps.find(({ step }) => step === 'go')?.answers).toMatchObject({
    approvers: ['lead', 'deputy'],
    minApprovals: 1,
    timeoutMs: 300_000,
  });
});
