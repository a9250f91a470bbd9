/** What the dry run puts on the screen: by step, expected gaps folded, problems once more at the end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const file = `version: 1
name: night
steps:
  - { id: gone, type: file.remove, with: { path: /nonexistent/page } }
  - id: later
    type: command
    with: { run: [true], cwd: /nonexistent/release }
    verify:
      - { type: command, with: { run: [test, -e, /nonexistent/done], effects: read } }
      - { type: command, with: { run: [test, -e, /nonexistent/also], effects: read } }
    rollback: { undo: { none: Nothing stays } }
`;

const rehearse = async (...args: string[]) => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'night.yaml'), file.replace('[true]', '["true"]'));
  return runbook(['exec', 'night.yaml', '--dry-run', ...args], { cwd, env: { HOME: cwd } });
};

test('expected gaps are one line a step, and a problem is repeated at the end', async () => {
  const { code, stdout, stderr } = await rehearse();
  expect(code).toBe(1);
  expect(stdout).toBe('dry run FAILED: 0 verified, 0 simulated, 1 unchecked, 1 with problems\n');
  const gaps = stderr.split('\n').filter((line) => line.includes('until earlier steps have run'));
  expect(gaps).toEqual([
    '  unchecked  until earlier steps have run: /nonexistent/release on local does not exist yet (and 2 more: --json lists them)',
  ]);
  expect(stderr).toMatch(
    /\nProblems: 1\n {2}gone: \/nonexistent\/page is not there now\n +-> Check the path, or say missing_ok: true\n$/,
  );
});

test('--json has every one of them', async () => {
  const { stdout } = await rehearse('--json');
  const later = stdout.split('\n').find((line) => line.includes('"step":"later"'));
  const { findings } = JSON.parse(later ?? '{}') as { findings: readonly { passing?: boolean }[] };
  expect(findings.filter(({ passing }) => passing)).toHaveLength(3);
});
