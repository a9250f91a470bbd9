import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbook, workDir } from './command-line.ts';

const file = (dir: string): string => {
  const path = join(dir, 'shop.yaml');
  writeFileSync(
    path,
    `version: 1
name: shop
timeline: { window: { opens: T-5m, hard_stop: T+10m } }
vars: { note: { type: string, required: true } }
approvers: { lead: { name: Lead } }
steps:
  - id: close
    at: T-2m
    expected: 20s
    type: file.write
    with: { path: /tmp/plan/closed, content: "\${{ vars.note }}" }
  - id: go
    type: gate
    at: T-1m
    with: { prompt: Go?, approvers: [lead], timeout: 30s }
  - id: look
    at: T0
    expected: 4s
    type: assert
    with: { that: "\${{ 1 == 1 }}", message: never }
`,
  );
  return path;
};

describe('plan', () => {
  test('text, with times of day in the zone of the offset', async () => {
    const t0 = '2026-11-22T23:00:00+05:30';
    const { code, stdout, stderr } = await runbook(['plan', file(workDir()), '--var', 'note=x', '--t0', t0]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "plan of shop
        T0: 2026-11-22 23:00:00+05:30
        3 steps from T-5m (22:55:00) to T+4s (23:00:04) (5m 4s)
        Maintenance window: opens T-5m (22:55:00), hard stop T+10m (23:10:00)
        Point of no return: none
        Rollback: 20s after look; it has to begin by T+9m40s (23:09:40) to end before the hard stop
        Least slack before T0: 40s (close)
        Critical path: look

      START  CLOCK     EXPECTED  SLACK   UNDO      ROLLBACK  ABORT BY     STEP
      T-2m   22:58:00  20s       40s     auto 20s  20s       T+9m40s      close
      T-1m   22:59:00  -         1m      -         20s       T+9m40s      go
      T0     23:00:00  4s        9m 56s  -         20s       T+9m40s   *  look

      * critical: its delay delays the end of the run. | in parallel. SLACK: how late it may end before a
      planned start or the hard stop is missed. UNDO: of the step alone. ROLLBACK: of all that is done
      when the step has ended.

      Gates
        go: asks 1 of lead (Lead); no answer in 30s: the run is held; no-go: the run is rolled back
      "
    `);
  });

  test('a picture into a file, in place of an older one', async () => {
    const dir = workDir();
    const output = join(dir, 'plan.svg');
    writeFileSync(output, 'old');
    const args = ['plan', file(dir), '--var', 'note=x', '--format', 'svg', '--output', output];
    expect(await runbook(args)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(output, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test('--json, and what contradicts it', async () => {
    const path = file(workDir());
    const { stdout } = await runbook(['plan', path, '--var', 'note=x', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      runbook: 'shop',
      t0: null,
      startMs: -300_000,
      hardStopMs: 600_000,
    });
    const both = await runbook(['plan', path, '--var', 'note=x', '--json', '--format', 'svg']);
    expect(both.code).toBe(2);
    expect(JSON.parse(both.stdout)).toMatchObject({ type: 'diagnostic', code: 'RB606' });
  });

  test.each([
    ['a format that there is not', ['--format', 'png'], 'RB651'],
    ['a time without an offset', ['--t0', '2026-11-22T23:00:00'], 'RB601'],
    ['a folder that there is not', ['--output', '/nowhere/at-all/plan.svg'], 'RB641'],
    ['a runbook that is wrong', ['--var', 'other=1'], 'RB316'],
  ])('%s: exit 2', async (_, args, code) => {
    const ended = await runbook(['plan', file(workDir()), '--var', 'note=x', ...args]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(code);
  });
});
