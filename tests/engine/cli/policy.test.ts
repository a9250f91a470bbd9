/** A team's policy at the real command line: what it refuses has left nothing behind, what it lets through is recorded. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbook, workDir } from './command-line.ts';

const runbookYaml = `version: 1
name: small
vars:
  folder: { type: string, required: true }
steps:
  - id: page-on
    at: T0
    type: file.write
    with: { path: "\${{ vars.folder }}/page.txt", content: closed }
  - id: smoke
    type: command
    with: { run: [test, -e, "\${{ vars.folder }}/open"], effects: read }
    rollback: { undo: { none: it only looks } }
`;

const rule = (name: string, that: string, level = 'error') =>
  `  - { name: ${name}, message: ${name} is wanted, level: ${level}, that: ${JSON.stringify(that)} }\n`;
const never = rule('a-gate', 'plan.gates.size() > 0');
const advice = rule('verified', "plan.steps.all(s, s.effects == 'read' || s.verify.size() > 0)", 'warning');
const onSunday = rule('sunday', "local(t0, 'Europe/Paris').weekday == 'Sunday'");

const setUp = (...rules: readonly string[]) => {
  const cwd = workDir();
  const policy = join(cwd, 'runbook.policy.yaml');
  const write = (...each: readonly string[]) => writeFileSync(policy, `version: 1\nrules:\n${each.join('')}`);
  writeFileSync(join(cwd, 'small.yaml'), runbookYaml);
  write(...rules);
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  const runs = join(cwd, '.runbook', 'runs');
  return {
    cwd,
    write,
    cli: (...args: string[]) => runbook(args, { cwd, env }),
    exec: (...args: string[]) =>
      runbook(['exec', 'small.yaml', '--var', `folder=${cwd}`, ...args], { cwd, env }),
    touched: () => existsSync(runs) || existsSync(join(cwd, 'page.txt')),
    applied: () => {
      const [id = 'none'] = readdirSync(runs);
      return readFileSync(join(runs, id, 'journal.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === 'session-started')
        .map(({ policies }) => policies);
    },
  };
};

test('a violated rule refuses the start with its place, and nothing is written', async () => {
  const p = setUp(never, advice, onSunday);
  const { code, stdout, stderr } = await p.exec('--t0', '2027-01-04T00:00:00Z');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('runbook.policy.yaml:3:13  RB681  Refused by policy "a-gate": a-gate is wanted');
  expect(stderr).toContain('Refused by policy "sunday"');
  expect(stderr).not.toContain('verified');
  expect(p.touched()).toBe(false);
});

test('a policy that cannot be read refuses as well', async () => {
  const p = setUp(rule('x', 'plan.nam == 1'));
  const { code, stderr } = await p.exec();
  expect([code, p.touched()]).toEqual([2, false]);
  expect(stderr).toContain('did you mean "name"');
});

test('a run under a policy records it; resume checks it again, and a rollback is never refused', async () => {
  const p = setUp(advice);
  const first = await p.exec();
  expect(first.code).toBe(1);
  expect(first.stderr).toContain('Policy (warning): verified: verified is wanted (page-on)');
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
  const rules = [{ name: 'verified', level: 'warning', verdict: 'violated' }];
  expect(p.applied()).toEqual([[{ file: 'runbook.policy.yaml', digest, rules }]]);

  p.write(never);
  const refused = await p.cli('resume');
  expect([refused.code, p.applied().length]).toEqual([2, 1]);
  expect(refused.stderr).toContain('Refused by policy "a-gate"');

  p.write(advice, rule('always', 'true'));
  const second = await p.cli('resume');
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('The policy runbook.policy.yaml changed since the last session');
  const { stdout: report } = await p.cli('report');
  expect(report).toMatch(
    /- Policy `runbook\.policy\.yaml` \(`sha256:\w+`\) from session 1: violated \(warning\): verified/,
  );
  expect(report).toMatch(/from session 2: 1 passed, violated \(warning\): verified/);

  p.write(never);
  const back = await p.cli('rollback', '--reason', 'not today');
  expect([back.code, existsSync(join(p.cwd, 'page.txt'))]).toEqual([5, false]);
});

test('--policy adds to those that are found, and resume knows it', async () => {
  const p = setUp(rule('always', 'true'));
  const more = join(p.cwd, 'more.yaml');
  writeFileSync(more, `version: 1\nrules:\n${advice}`);
  expect((await p.exec('--policy', 'more.yaml')).code).toBe(1);
  expect(p.applied()[0].map(({ file }: { file: string }) => file)).toEqual([
    'runbook.policy.yaml',
    'more.yaml',
  ]);
  writeFileSync(more, `version: 1\nrules:\n${never}`);
  expect((await p.cli('resume')).stderr).toContain('more.yaml:3:13  RB681');
});

test('a dry run tells each rule, and fails where one refuses; without --t0 it does not judge T0', async () => {
  const p = setUp(advice, onSunday, rule('always', 'true'));
  const open = await p.exec('--dry-run');
  expect(open.stderr).toContain('policy\n');
  expect(open.stderr).toContain('verified: verified is wanted (page-on) (warning only)');
  expect(open.stderr).toContain('unchecked  sunday: it reads T0');
  const monday = await p.exec('--dry-run', '--t0', '2027-01-04T00:00:00Z');
  expect([monday.code, p.touched()]).toEqual([1, false]);
  expect(monday.stderr).toContain('problem    sunday: sunday is wanted');
});
