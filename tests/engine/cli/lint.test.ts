import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inProcess } from '../../support/in-process.ts';
import { workDir } from './command-line.ts';

const runbook = (argv: readonly string[]) => inProcess(argv, { cwd: process.cwd() });

const withRun = (run: string): string => `version: 1
name: tiny
steps:
  - id: one # the only one
    type: command
    with: { run: ${run}, effects: read }
`;
const risky = withRun('[git, push, --force]');
const harmless = withRun('[git, log]');

const write = (text: string, dir = workDir(), name = 'cutover.yaml'): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};

test('a remark as text, and exit 0 while it is below --fail-on', async () => {
  const path = write(risky);
  const { code, stdout, stderr } = await runbook(['lint', path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.replaceAll(path, 'cutover.yaml')).toMatchInlineSnapshot(`
    "cutover.yaml:6:30  RB720  warning: A forced push removes what others have pushed since the last fetch
       6 |     with: { run: [git, push, --force], effects: read }
         |                              ^^^^^^^
      Use \`--force-with-lease\`, or push a new branch or tag

    1 warning
    Why it matters: runbook explain RB720
    "
  `);
  expect((await runbook(['lint', path, '--fail-on', 'warning'])).code).toBe(1);
});

test('several files; one that does not load gives its diagnostics as remarks, exit 2', async () => {
  const dir = workDir();
  const files = [
    write(risky, dir, 'a.yaml'),
    write('version: 1\nname: b\n', dir, 'b.yaml'),
    write(harmless, dir, 'c.yaml'),
  ];
  const { code, stdout } = await runbook(['lint', ...files, '--format', 'json']);
  expect(code).toBe(2);
  const { remarks } = JSON.parse(stdout) as { remarks: { code: string; level: string; file: string }[] };
  expect(remarks.map((r) => `${r.file.slice(-6)} ${r.code} ${r.level}`)).toEqual([
    'a.yaml RB720 warning',
    'b.yaml RB202 error',
  ]);
});

test('nothing to remark', async () => {
  expect(await runbook(['lint', write(harmless)])).toEqual({
    code: 0,
    stdout: '1 runbook, nothing to remark\n',
    stderr: '',
  });
});

test('the policy of the team sets levels, and is checked itself', async () => {
  const dir = workDir();
  const path = write(risky, dir);
  const policy =
    'version: 1\nlint: { RB720: error }\nrules: [{ name: a name, that: plan.name == "x", message: Call it x }]\n';
  write(policy, dir, 'runbook.policy.yaml');
  const { code, stdout } = await runbook(['lint', path]);
  expect(code).toBe(1);
  expect(stdout).toContain('RB720  error: ');
  expect(stdout).toContain('RB750  error: Call it x');
});

test('--fix edits the file; comments stay', async () => {
  const path = write(withRun('"mysqldump shop > shop.sql"'));
  const { code, stdout } = await runbook(['lint', path, '--fix', '--fail-on', 'note']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1 runbook, nothing to remark\n' });
  expect(readFileSync(path, 'utf8')).toBe(withRun('"mysqldump --single-transaction shop > shop.sql"'));
});

test.each([
  ['--format', 'xml', 'Use one of: text, json, sarif, github, code-quality'],
  ['--fail-on', 'never', 'Use one of: note, warning, error'],
])('%s %s is a usage error', async (flag, value, remedy) => {
  const { code, stderr } = await runbook(['lint', write(harmless), flag, value]);
  expect(code).toBe(2);
  expect(stderr).toContain(remedy);
});

test('validate --strict: warnings count as errors', async () => {
  const path = write(risky);
  expect((await runbook(['validate', path])).code).toBe(0);
  const { code, stdout } = await runbook(['validate', path, '--strict']);
  expect(code).toBe(1);
  expect(stdout).toContain('tiny is valid: 1 step');
  expect(stdout).toContain('RB720  error: A forced push');
  expect((await runbook(['validate', write(harmless), '--strict'])).code).toBe(0);
});
