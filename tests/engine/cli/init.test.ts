import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from '../../support/folder.ts';
import { inProcess, inputEnds } from '../../support/in-process.ts';

const all = (cwd: string): readonly string[] =>
  readdirSync(cwd, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.git/') && path !== '.git')
    .sort();

test('--yes asks nothing: the files are listed, with what to do next; the runbook is valid', async () => {
  const cwd = folder('runbook-init-');
  const { code, stdout, stderr } = await inProcess(['init', 'shop', '--yes', '--database', 'mysql'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "wrote shop/shop.yaml
    wrote shop/forward-fix.md
    wrote shop/maintenance.html
    wrote shop/known_hosts
    wrote shop/vars/lab.yaml
    wrote shop/vars/production.example.yaml
    wrote shop/runbook.policy.yaml
    wrote shop/runbook.schema.json
    wrote shop/.github/workflows/runbook-review.yml

    Next:
      cd shop
      runbook validate shop.yaml --vars vars/lab.yaml     # it is valid; keep it so
      runbook what-if shop.yaml --vars vars/lab.yaml      # what every single fault would lead to
      runbook fmt --check shop.yaml vars/*.yaml
    Then make it yours: the steps between "closed" and "still-closed", the values in vars/, forward-fix.md.
    Before the first run:
      fill known_hosts; the comment in it says how
      export DATABASE_PASSWORD in the shell that runs it
      cp vars/production.example.yaml vars/production.yaml, and fill it in
      runbook exec shop.yaml --vars vars/production.yaml --dry-run
    In .github/workflows/runbook-review.yml: fill in OWNER/REPOSITORY and COMMIT
    Do not commit .runbook/: it holds the journals of your runs.
    "
  `);
  const there = { cwd: join(cwd, 'shop') };
  expect((await inProcess(['validate', 'shop.yaml', '--vars', 'vars/lab.yaml'], there)).code).toBe(0);
  expect((await inProcess(['lint', 'shop.yaml', '--vars', 'vars/lab.yaml'], there)).code).toBe(0);
  expect((await inProcess(['what-if', 'shop.yaml', '--vars', 'vars/lab.yaml'], there)).code).toBe(0);
  expect(
    (await inProcess(['fmt', '--check', 'shop.yaml', 'vars/lab.yaml', 'runbook.policy.yaml'], there)).code,
  ).toBe(0);
  expect(JSON.parse(readFileSync(join(cwd, 'shop/runbook.schema.json'), 'utf8'))).toHaveProperty('$schema');
});

test('inside a repository, the CI file is written to its root', async () => {
  const cwd = folder('runbook-init-');
  mkdirSync(join(cwd, '.git'));
  const { code } = await inProcess(['init', 'ops/shop', '--yes', '--ci', 'github'], { cwd });
  expect(code).toBe(0);
  expect(readFileSync(join(cwd, '.github/workflows/runbook-review.yml'), 'utf8')).toContain(
    'folder: "ops/shop"',
  );
  expect(existsSync(join(cwd, 'ops/shop/.github'))).toBe(false);
});

test('files in the way are listed, and nothing is written', async () => {
  const cwd = folder('runbook-init-');
  mkdirSync(join(cwd, 'vars'));
  writeFileSync(join(cwd, 'vars/lab.yaml'), 'mine: 1\n');
  symlinkSync('nowhere', join(cwd, 'forward-fix.md'));
  const before = all(cwd);
  const { code, stdout, stderr } = await inProcess(['init', '--yes', '--name', 'shop'], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Nothing was written, because these exist already: forward-fix.md, vars/lab.yaml');
  expect(all(cwd)).toEqual(before);
});

test('a folder that cannot be made: what was written before it is removed again', async () => {
  const cwd = folder('runbook-init-');
  // A file where the folder of the vars should be.
  mkdirSync(join(cwd, 'ops'));
  writeFileSync(join(cwd, 'ops/vars'), '');
  const { code, stderr } = await inProcess(['init', 'ops', '--yes', '--name', 'shop'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('these exist already: ops/vars\n');
  expect(all(cwd)).toEqual(['ops', 'ops/vars']);
});

test('a person is asked for what no option says, again where the answer cannot be read', async () => {
  const cwd = folder('runbook-init-');
  const { code, stdout, stderr } = await inProcess(['init', '--ci', 'none', '--name', 'shop'], {
    cwd,
    answers: [
      ['Servers to change', 'shop.example'],
      ['was expected, not "shop.example"', ''],
      ['Database to dump', 'oracle'],
      ['one of mysql, postgres, none was expected', 'postgres'],
      ['Who may say go', 'Release lead, Zoë'],
      ['Maintenance window', 'T-1h..T+1h'],
    ].map(([question = '', answer = '']) => [question, answer] as const),
  });
  expect({ code, stdout: stdout.split('\n')[0] }).toEqual({ code: 0, stdout: 'wrote shop.yaml' });
  expect(stderr).not.toContain('Name of the runbook');
  const text = readFileSync(join(cwd, 'shop.yaml'), 'utf8');
  expect(text).toContain('window: { opens: T-1h, hard_stop: T+1h }');
  expect(text).toContain('approvers: [release-lead, zoe]');
  expect(readFileSync(join(cwd, 'vars/production.example.yaml'), 'utf8')).toContain(
    'app_host: app.example\n',
  );
});

test('the input ends at a question: nothing is written', async () => {
  const cwd = folder('runbook-init-');
  const { code, stderr } = await inProcess(['init'], { cwd, answers: [['Name of the runbook', inputEnds]] });
  expect({ code, files: all(cwd) }).toEqual({ code: 2, files: [] });
  expect(stderr).toContain('Cancelled: nothing was written');
});

test('without a terminal, what is missing is named', async () => {
  const cwd = folder('runbook-init-');
  const given = ['init', '--name', 'shop', '--target', 'none', '--database', 'none', '--approver', 'Lead'];
  const { code, stderr } = await inProcess(given, { cwd });
  expect({ code, files: all(cwd) }).toEqual({ code: 2, files: [] });
  expect(stderr).toContain('no value for --t0-window, --ci');
  const whole = await inProcess([...given, '--t0-window', 'T-10m..T+10m', '--ci', 'none'], { cwd });
  expect(whole.code).toBe(0);
});

test.each([
  [['--name', 'Shop'], '--name "Shop"'],
  [['--target', 'shop'], 'user@host or user@host:port was expected, not "shop"'],
  [['--database', 'oracle'], '--database "oracle"'],
  [['--t0-window', '30m'], '--t0-window "30m"'],
  [['--ci', 'jenkins'], 'one of github, gitlab, none was expected'],
])('%j cannot be read', async (args, said) => {
  const cwd = folder('runbook-init-');
  const { code, stderr } = await inProcess(['init', '--yes', ...args], { cwd });
  expect({ code, files: all(cwd) }).toEqual({ code: 2, files: [] });
  expect(stderr).toContain('RB692');
  expect(stderr).toContain(said);
});
