import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { acquireLock } from '../../../engine/journal/lock.ts';
import { goingBack, held, success } from '../views/scripted-run.ts';
import { runbookHere as runbook, workDir } from './command-line.ts';
import { makeRun } from './made-run.ts';

/** Ids and paths differ from run to run; the clock does too. */
const steady = (text: string, id: string): string =>
  text
    .replaceAll(id, 'RUN')
    .replaceAll(/(journal|logs {3}) .*/g, '$1 PATH')
    .replaceAll(/fix: \/.*\//g, 'fix: /FOLDER/');

describe('status', () => {
  test('of a run that is over: the four answers, the steps, what happened', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success);
    const { code, stdout } = await runbook(['status'], { cwd });
    expect(code).toBe(0);
    expect(steady(stdout, run.id)).toMatchInlineSnapshot(`
      "run RUN, succeeded, engine stopped

      trading-journal-cutover (lab) · SUCCEEDED · 5 of 5 steps · vps deploy@vps.test:22
      now 22:00:04 T+4s · T0 22:00:00 · hard stop 22:30:00
      no rollback: after the point of no return · forward fix: /FOLDER/forward-fix.md

        [x] T-30m    Show the maintenance page  12s / 30s
        [x] T-25m    Dump the database  4m / 2m
        [x] T-25m    Archive the uploads  1m / 1m
        [x] T-1m     Go or no-go  30s / 1m
        -------- POINT OF NO RETURN -------- crossed 22:00:00
        [x] T0       Open the doors  4s / 30s

        21:59:00  gate go-no-go: Go live?
        21:59:30  gate go-no-go: GO by lead (login ops): counts match
        21:59:30  gate go-no-go decided: GO
        21:59:30  go-no-go done in 30s (expected 1m)
        22:00:00  open-doors: Open the doors
        22:00:00  POINT OF NO RETURN crossed by open-doors: no rollback from here
        22:00:04  open-doors done in 4s (expected 30s)
        22:00:04  SUCCEEDED after 31m 4s

      journal PATH
      logs    PATH
      "
    `);
  });

  test('--json of a held run says what can be chosen', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, held);
    const { stdout } = await runbook(['status', run.id.slice(0, 13), '--json'], { cwd });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      run: run.id,
      state: 'held',
      engine: false,
      back: { yes: true, costMs: 120_000 },
      hold: { step: 'dump', cause: 'failed' },
      journal: run.journal,
    });
    expect(report.goOn[0]).toBe(`runbook resume ${run.id} --retry dump --reason "..."`);
  });

  test('needs no lock: it answers beside a live engine, and knows a killed one', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success, 'gate-opened');
    const lock = acquireLock(run.path, { pid: 1, host: 'h', user: 'u', startedAt: 0 });
    const live = JSON.parse((await runbook(['status', '--json'], { cwd })).stdout);
    lock.release();
    const killed = JSON.parse((await runbook(['status', '--json'], { cwd })).stdout);
    expect([live.engine, live.state]).toEqual([true, 'running']);
    expect([killed.engine, killed.state]).toEqual([false, 'stopped']);
  });

  test('a journal edited by hand: exit 4 with file and line', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success);
    appendFileSync(run.journal, '{"v":1,"type":"run-settled"}\n');
    const { code, stderr } = await runbook(['status'], { cwd });
    expect(code).toBe(4);
    expect(stderr).toMatch(/RB410 .*journal\.jsonl:\d+/);
  });

  test('no run at all, and none such: exit 2', async () => {
    const cwd = workDir();
    expect(await runbook(['status'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RB430'),
    });
    makeRun(cwd, success);
    expect(await runbook(['status', 'nope'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RB431'),
    });
  });
});

describe('runs', () => {
  test('lists every run with its state; a broken one is listed, not fatal', async () => {
    const cwd = workDir();
    const made = [
      makeRun(cwd, success),
      makeRun(cwd, goingBack),
      makeRun(cwd, held),
      makeRun(cwd, success, 'gate-opened'),
    ];
    const broken = makeRun(cwd, success);
    appendFileSync(broken.run.journal, 'not a line\n');
    const { code, stdout } = await runbook(['runs', '--json'], { cwd });
    expect(code).toBe(0);
    const states = Object.fromEntries(
      (JSON.parse(stdout) as { run: string; state: string }[]).map((r) => [r.run, r.state]),
    );
    expect(made.map(({ run }) => states[run.id])).toEqual(['succeeded', 'rolled back', 'held', 'stopped']);
    expect(states[broken.run.id]).toBe('broken (RB410)');
  });

  test('as a table', async () => {
    const cwd = workDir();
    const { run } = makeRun(cwd, success);
    const { stdout } = await runbook(['runs'], { cwd });
    expect(steady(stdout, run.id.padEnd(0)).split('\n')[1]).toMatch(
      /RUN +succeeded +2026-11-22 21:29:00\+00:00|RUN +succeeded/,
    );
    expect(stdout).toMatch(/ 31m 4s +ops$/m);
  });

  test('the duration of a run that has not ended is marked', async () => {
    const cwd = workDir();
    makeRun(cwd, success, 'gate-opened');
    const { stdout } = await runbook(['runs'], { cwd });
    expect(stdout).toMatch(/stopped .* 30m, not ended +ops$/m);
  });

  test('none yet: exit 0, and stdout stays empty for scripts', async () => {
    expect(await runbook(['runs'], { cwd: workDir() })).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No runs here yet.\n',
    });
  });
});
