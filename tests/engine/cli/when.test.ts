/** Whole runs of the real command line with steps that are skipped: by a condition, by a person, or left out. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const yaml = `version: 1
name: small
vars: { live: { type: bool, default: false } }
approvers: { lead: { name: Lead } }
steps:
  - id: count
    type: command
    with: { run: "printf 0", effects: read }
  - id: announce
    when: vars.live
    type: file.write
    with: { path: "$DIR/announced", content: a }
  - id: clean
    when: "\${{ steps['count'].output.stdout != '0' }}"
    type: file.write
    with: { path: "$DIR/cleaned", content: c }
  - id: copy
    type: file.write
    with: { path: "$DIR/copied", content: "\${{ steps['clean'].ran ? 'after' : 'without' }}" }
  - id: check
    type: command
    with: { run: "printf ok", effects: read }
  - id: needs-check
    type: command
    with: { run: [printf, "\${{ steps['check'].output.stdout }}"], effects: read }
  - id: go
    type: gate
    with: { require: [copy], criteria: ["!steps['clean'].ran || steps['clean'].output.bytes > 0"] }
  - point_of_no_return: { forward_fix: ./small.yaml }
  - id: open
    type: file.write
    with: { path: "$DIR/opened", content: o }
`;

const here = () => {
  const cwd = workDir();
  writeFileSync(join(cwd, 'small.yaml'), yaml.replaceAll('$DIR', cwd));
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const cli = (...args: string[]) => runbook(args, { cwd, env });
  const made = () => readdirSync(cwd).filter((name) => /ed$/.test(name));
  return { cwd, cli, made };
};

test('the run, its status and its report say what did nothing, and why', async () => {
  const { cwd, cli, made } = here();
  const { code, stdout, stderr } = await cli('exec', 'small.yaml');
  expect(code).toBe(0);
  const said = `${stdout}${stderr}`;
  expect(said).toContain("clean skipped (condition): steps['count'].output.stdout != '0' is false");
  expect(said).toMatch(/SUCCEEDED after .*; steps: 1 skipped \(condition\), 1 left out/);
  expect(made()).toEqual(['copied', 'opened']);
  expect(readFileSync(join(cwd, 'copied'), 'utf8')).toBe('without');

  const status = await cli('status');
  expect(status.stdout).toMatch(/\[-\] +clean +skipped \(condition\)/);
  expect(status.stdout).toMatch(/\[-\] +announce +left out: vars.live/);
  const report = await cli('report');
  expect(report.stdout).toContain('skipped (condition)');
  expect(report.stdout).toMatch(/`announce`.*left out/);
  expect(report.stdout).toMatch(/7 steps: 6 succeeded, 1 skipped \(condition\), 1 left out/);
});

describe('--skip', () => {
  test('leaves a step out, with its reason in the journal', async () => {
    const { cwd, cli, made } = here();
    const skipping = ['--skip', 'check', '--skip', 'needs-check', '--reason', 'checked by hand'];
    const { code, stdout, stderr } = await cli('exec', 'small.yaml', ...skipping);
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/check skipped by .*: checked by hand/);
    expect(`${stdout}${stderr}`).toContain('2 skipped, 1 skipped (condition), 1 left out');
    expect(made()).toEqual(['copied', 'opened']);
    const runs = join(cwd, '.runbook/runs');
    const [run = ''] = readdirSync(runs).filter((name) => name.includes('small'));
    const events = readFileSync(join(runs, run, 'journal.jsonl'), 'utf8');
    expect(events).toMatch(/"step":"check","state":"skipped".*"reason":"checked by hand"/);
    expect(events).not.toContain('"check/do/0"');
  });

  test.each([
    ['chek', 'RB460', 'Did you mean "check"?'],
    ['announce', 'RB460', 'the step is left out already'],
    ['copy', 'RB461', 'the gate "go" requires this step'],
    ['open', 'RB462', 'this step crosses the point of no return'],
    ['go', 'RB462', 'this gate decides on the point of no return'],
    ['check', 'RB463', 'its output is needed by needs-check'],
  ])('is refused before the run exists: %s', async (step, code, why) => {
    const { cwd, cli } = here();
    const refused = await cli('exec', 'small.yaml', '--skip', step, '--reason', 'r');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(code);
    expect(refused.stderr).toContain(why);
    expect(readdirSync(cwd)).not.toContain('.runbook');
  });

  test('needs a reason, and a gate is not both skipped and answered', async () => {
    const { cli } = here();
    expect((await cli('exec', 'small.yaml', '--skip', 'check')).stderr).toContain('RB607');
    const both = ['--skip', 'go', '--yes-to-gate', 'go', '--reason', 'r'];
    expect((await cli('exec', 'small.yaml', ...both)).code).toBe(2);
  });

  test('a dry run shows what is skipped, and checks nothing of it', async () => {
    const { cli } = here();
    const { code, stderr } = await cli(
      'exec',
      'small.yaml',
      '--dry-run',
      '--skip',
      'needs-check',
      '--reason',
      'r',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/needs-check\n +verified +skipped \(--skip\)/);
    expect(stderr).toMatch(/announce\n +verified +left out/);
    expect(stderr).toMatch(/clean\n +simulated +runs only if steps/);
  });
});
