import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const good = `version: 1
name: tiny
vars:
  wanted: { type: bool, default: true }
steps:
  - id: one
    name: One
    type: assert
    with: { that: "\${{ vars.wanted }}", message: It is wanted }
`;

const write = (text: string): string => {
  const path = join(workDir(), 'cutover.yaml');
  writeFileSync(path, text);
  return path;
};

test('a good file: the plan and one sentence on stdout, exit 0', async () => {
  const { code, stdout, stderr } = await runbook(['validate', write(good)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('one   assert  local  hold        nothing to undo\n');
  expect(stdout).toMatch(/\ntiny is valid: 1 step, 0 gates, no point of no return \(sha256:[0-9a-f]+\)\n$/);
});

test('every problem at once, on stderr, with its place; exit 2', async () => {
  const bad = good.replace('type: assert', 'type: asert').replace('name: tiny', 'nam: tiny');
  const { code, stdout, stderr } = await runbook(['validate', write(bad)]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('cutover.yaml:2:1');
  expect(stderr).toContain('cutover.yaml:8:');
});

test('--json: diagnostics as data on stdout', async () => {
  const { code, stdout } = await runbook(['validate', '--json', write(good.replace('assert', 'asert'))]);
  expect(code).toBe(2);
  const { valid, diagnostics } = JSON.parse(stdout) as {
    valid: boolean;
    diagnostics: { position: object }[];
  };
  expect(valid).toBe(false);
  expect(diagnostics[0]).toMatchObject({ position: { line: 8 } });
});

test('--var reaches the file, and without a name it is a usage error', async () => {
  const path = write(good);
  expect((await runbook(['validate', path, '--var', 'wanted=maybe'])).code).toBe(2);
  const { code, stderr } = await runbook(['validate', path, '--var', '=x']);
  expect(code).toBe(2);
  expect(stderr).toContain('RB600');
});

test('a file that is not there: a diagnostic, no stack', async () => {
  const { code, stderr } = await runbook(['validate', 'nowhere.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('nowhere.yaml');
  expect(stderr).not.toContain('    at ');
});

test('a vars file may serve several runbooks: unknown names are reported, not refused', async () => {
  const path = write(good);
  const vars = path.replace('cutover.yaml', 'night.yaml');
  writeFileSync(vars, 'wanted: true\nmysql_database: journal\n');
  const { code, stdout } = await runbook(['validate', path, '--vars', vars]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Not used by this runbook: \S*night\.yaml: mysql_database\n/);
  // Where a declared var is left to its default, a close name is a slip.
  writeFileSync(vars, 'wnated: true\n');
  expect((await runbook(['validate', path, '--vars', vars])).code).toBe(2);
});
