/** `runbook check`: an answer to a checklist from another terminal. */

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/decide/events.ts';
import { planDigest } from '../../../engine/digest.ts';
import { drainInbox } from '../../../engine/journal/inbox.ts';
import { createJournal } from '../../../engine/journal/journal.ts';
import { createRun } from '../../../engine/journal/run-dir.ts';
import { masked } from '../../support/masked.ts';
import { checklistStep, plan as made, watchStep } from '../../support/plan-builder.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';

const bare = made([
  watchStep('logins', { name: 'Watch the logins', untilMs: 2_400_000, count: null }),
  checklistStep('validation', ['page', 'h-notes', 'h-trades'], { approvers: ['lead'] }),
]);
const plan = { ...bare, digest: planDigest(bare) };
const t0 = Date.UTC(2026, 10, 22, 22, 0, 0);

/** A run on disk as an engine would have left it. */
const open = (...more: Event[]) => {
  const cwd = workDir();
  const runs = join(cwd, '.runbook', 'runs');
  const run = createRun(runs, { plan, source: 'version: 1\n', runbookPath: join(cwd, 'gone.yaml'), now: t0 });
  const journal = createJournal(run.journal);
  const created = { runId: run.id, runbook: 'test', planDigest: plan.digest, environment: null };
  const at = (ms: number, ...events: Event[]) => journal.append(events, t0 + ms);
  at(0, { type: 'run-created', ...created, engine: 'e', user: 'u', measuredUndoMs: {} });
  at(0, { type: 'session-started', session: 1, pid: 1, host: 'h', user: 'u', interactive: false });
  at(0, { type: 'clock-set', t0, skipWaits: false });
  at(1000, { type: 'step-started', step: 'logins', plannedAt: null });
  at(2000, { type: 'watch-measured', step: 'logins', n: 1, verdict: 'success', value: masked('{"n":40}') });
  at(3000, { type: 'step-started', step: 'validation', plannedAt: null });
  at(3000, { type: 'checklist-opened', step: 'validation', round: 1, asks: ['h-notes', 'h-trades'] });
  const read = { type: 'item-checked', step: 'validation', item: 'page' } as const;
  at(4000, { ...read, passed: true, by: null, user: null, reason: masked('holds: GET /') });
  at(5000, ...more);
  journal.close();
  return { cwd, run };
};

const say = (item: string, ...more: string[]) => [
  ...['check', 'latest', 'validation', item, '--as', 'lead', '--reason', 'read three'],
  ...more,
];

describe('check', () => {
  test('leaves the answer for the next resume', async () => {
    const { cwd, run } = open();
    const { code, stdout } = await runbook(say('h-notes', '--pass'), { cwd });
    expect([code, stdout]).toEqual([
      0,
      `PASS for item h-notes of validation is in the run's inbox. No engine is running; to continue: runbook resume ${run.id}\n`,
    ]);
    expect(drainInbox(run.path).commands.map((c) => c.command)).toMatchObject([
      {
        command: 'check',
        step: 'validation',
        item: 'h-notes',
        passed: true,
        as: 'lead',
        reason: 'read three',
      },
    ]);
  });

  test.each([
    ['RB626', say('h-notes')],
    ['RB626', say('h-notes', '--pass', '--fail')],
    ['RB622', say('nope', '--pass')],
    ['RB624', say('page', '--fail')],
    ['RB625', ['check', 'latest', 'validation', 'h-notes', '--pass', '--as', 'eve', '--reason', 'r']],
    ['RB607', ['check', 'latest', 'validation', 'h-notes', '--pass', '--as', 'lead', '--reason', ' ']],
  ])('%s: %j', async (wanted, argv) => {
    const { code, stderr } = await runbook(argv, open());
    expect(code).toBe(2);
    expect(stderr).toContain(wanted);
  });
});

describe('status', () => {
  test('shows the watch with its counts, and each item with its mark', async () => {
    const asked = {
      type: 'item-checked',
      step: 'validation',
      item: 'h-notes',
      by: 'lead',
      user: 'eve',
    } as const;
    const { stdout } = await runbook(
      ['status'],
      open({ ...asked, passed: false, reason: masked('empty page') }),
    );
    const lines = stdout.split('\n');
    expect(lines.find((l) => l.startsWith('watch logins'))).toMatch(
      /, NOT WATCHED while the engine is stopped: 1 measured: 1 good, 0 bad. Last: good$/,
    );
    expect(lines.find((l) => l.includes('page  '))?.trim()).toBe('✔ page      check: holds: GET /');
    expect(stdout).toContain('✘ h-notes   lead: empty page');
    expect(stdout).toMatch(
      /· h-trades {2}runbook check \S+ validation h-trades --pass --as NAME --reason "..."/,
    );
  });

  test('tells the same as JSON', async () => {
    const { stdout } = await runbook(['status', '--json'], open());
    const { watches, checklists } = JSON.parse(stdout);
    expect(watches).toMatchObject([
      {
        id: 'logins',
        background: true,
        counts: { success: 1 },
        last: { verdict: 'success' },
        // No engine is running.
        nextAt: null,
      },
    ]);
    expect(checklists[0].items.map((i: { passed: boolean | null }) => i.passed)).toEqual([true, null, null]);
  });
});
