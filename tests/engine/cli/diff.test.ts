import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffCommand } from '../../../engine/cli/diff-command.ts';
import type { Host } from '../../../engine/cli/host.ts';
import { runInner } from '../../../engine/cli/inner-command.ts';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { registry } from '../../../steps/index.ts';
import { workDir } from './command-line.ts';

type Given = Parameters<typeof runInner>[3];

const site = (undo = 'auto', expected = '10s') => `version: 1
name: site
vars:
  root: { type: string, required: true }
  pause: { type: duration, required: true }
steps:
  - id: page
    at: T-1m
    expected: ${expected}
    type: file.write
    with: { path: "\${{ vars.root }}/page", content_file: ./page.html }
    rollback: { undo: ${undo} }
  - { id: calm, type: wait, with: { for: "\${{ vars.pause }}" } }
  - id: go
    type: gate
    with: { require: [page], criteria: ["steps['page'].output.bytes > 3"], prompt: Go?, approvers: [lead] }
approvers: { lead: { name: Lead } }
`;

/** A repository with one commit; `git` is called with the settings of the test only. */
const repository = () => {
  const cwd = workDir();
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@a.example',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@a.example',
  };
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const file = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  const commit = (tag: string) => {
    git('add', '-A');
    git('commit', '--quiet', '--allow-empty', '-m', tag);
    git('tag', tag);
  };
  const host = {
    version: '1.0.0',
    cwd,
    env,
    stdout: process.stdout,
    stderr: process.stderr,
    loadRegistry: async () => registry,
  } as unknown as Host;
  const diff = async (base: string, head: string, given: Given = {}) => {
    const folders = () =>
      readdirSync(tmpdir())
        .filter((name) => name.startsWith('runbook-diff-'))
        .sort();
    const before = folders();
    try {
      return await runInner(host, diffCommand, [base, head], given);
    } finally {
      expect(folders().filter((name) => !before.includes(name))).toEqual([]);
    }
  };
  const json = async (base: string, head: string, given: Given = {}) => {
    const { stdout } = await diff(base, head, { ...given, '--format': 'json' });
    return JSON.parse(stdout) as {
      verdict: string;
      runbooks: {
        file: string;
        notes: string[];
        changes: { danger: string; kind: string; step: string; what: string }[];
      }[];
    };
  };
  const told = async (base: string, head: string, given: Given = {}) =>
    (await json(base, head, given)).runbooks.map(({ file: name, changes }) => [
      name,
      ...changes
        .filter(({ kind }) => kind !== 'what-if')
        .map(({ danger, kind, step, what }) => `${danger} ${kind} ${step ?? '-'}: ${what}`),
    ]);
  file('ops/site.yaml', site());
  file('ops/page.html', '<p>one</p>\n');
  file('ops/vars/prod.yaml', 'root: /srv\npause: 5s\n');
  file('other.yaml', 'version: 1\nname: other\nsteps:\n  - { id: w, type: wait, with: { for: 1s } }\n');
  git('init', '--quiet', '-b', 'main');
  commit('one');
  return { cwd, git, file, commit, diff, json, told };
};

describe('two revisions', () => {
  test('every runbook that changed, and no other; required vars may be missing', async () => {
    const r = repository();
    r.file('ops/site.yaml', site('{ none: "it is only a page" }'));
    r.commit('two');
    expect(await r.told('one', 'two')).toEqual([['ops/site.yaml', 'high undo page: undo']]);
    const [runbook] = (await r.json('one', 'two')).runbooks;
    expect(runbook?.notes).toContain(
      'Vars without a value are assumed: pause = 1m. With --vars, their values are compared',
    );
  });

  test('by the files, vars files and policies that belong to it', async () => {
    const r = repository();
    r.file('ops/page.html', '<p>two</p>\n');
    r.file('ops/vars/prod.yaml', 'root: /srv\npause: 9s\n');
    r.file(
      'runbook.policy.yaml',
      'version: 1\nrules:\n  - { name: two approvers, that: "plan.gates.all(g, g.min_approvals >= 2)", message: A gate needs two }\n',
    );
    r.commit('two');
    const [[, ...changes] = []] = (await r.told('one', 'two')).filter(([name]) => name === 'ops/site.yaml');
    expect(changes).toContain('medium file page: ./page.html');
    expect(changes).toContain('medium var -: ops/vars/prod.yaml: pause');
    expect(changes).toContain('low policy -: runbook.policy.yaml');
    expect(changes).toContain('high policy -: policy "two approvers" is violated');
  });

  test('added, removed and renamed', async () => {
    const r = repository();
    r.git('mv', 'ops/site.yaml', 'ops/page.yaml');
    r.git('rm', '--quiet', 'other.yaml');
    r.file('new.yaml', 'version: 1\nname: new\nsteps:\n  - { id: w, type: wait, with: { for: 1s } }\n');
    r.commit('two');
    expect(await r.told('one', 'two')).toEqual([
      ['new.yaml', 'medium runbook -: runbook added'],
      ['ops/page.yaml', 'low runbook -: file renamed'],
      ['other.yaml', 'medium runbook -: runbook removed'],
    ]);
  });

  test('a layout that changed means nothing, and nothing changed is said as well', async () => {
    const r = repository();
    r.file('ops/site.yaml', `# a comment\n${site().replace('type: wait, with', 'type:   wait,   with')}`);
    r.commit('two');
    expect((await r.json('one', 'two')).verdict).toBe('No change of meaning');
    expect((await r.json('one', 'one')).verdict).toBe('No runbook changed');
    expect((await r.diff('one', 'two', { '--fail-on': 'low' })).code).toBe(0);
  });

  test('a version that cannot be loaded is dangerous, and shown by its lines', async () => {
    const r = repository();
    r.file('ops/site.yaml', site().replace('require: [page]', 'require: [pgae]'));
    r.commit('two');
    expect(await r.told('one', 'two')).toEqual([
      ['ops/site.yaml', 'high not-loaded -: two:ops/site.yaml', 'high not-loaded -: lines of the file'],
    ]);
    const { code, stdout } = await r.diff('one', 'two', { '--fail-on': 'high' });
    expect(code).toBe(1);
    expect(stdout).toContain('two:ops/site.yaml:16:23 RB212');
    expect(stdout).toContain('+     with: { require: [pgae]');
  });

  test('neither filters nor hooks of the repository run, and the work tree stays', async () => {
    const r = repository();
    const proof = join(r.cwd, 'ran');
    r.git('config', 'filter.bad.smudge', `touch '${proof}'; cat`);
    r.git('config', 'diff.bad.textconv', `touch '${proof}'; cat`);
    r.git('config', 'core.fsmonitor', `touch '${proof}'`);
    r.git('config', 'core.hooksPath', 'hooks');
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
      r.file(`hooks/${hook}`, `#!/bin/sh\ntouch '${proof}'\n`);
      chmodSync(join(r.cwd, `hooks/${hook}`), 0o755);
    }
    r.file('.gitattributes', '*.yaml filter=bad diff=bad export-ignore\n*.html filter=bad export-subst\n');
    r.file('ops/site.yaml', site('{ none: "it is only a page" }'));
    r.commit('two');
    rmSync(proof, { force: true });
    r.file('ops/site.yaml', 'not saved yet');
    const before = r.git('status', '--porcelain');
    rmSync(proof, { force: true });
    expect(await r.told('one', 'two')).toEqual([['ops/site.yaml', 'high undo page: undo']]);
    expect(existsSync(proof)).toBe(false);
    expect(r.git('status', '--porcelain')).toBe(before);
  });
});

describe('two runbooks', () => {
  test('a path in a revision and the file as it is; named files are those of each side', async () => {
    const r = repository();
    r.file('ops/page.html', '<p>two</p>\n');
    expect(await r.told('main:ops/site.yaml', 'ops/site.yaml')).toEqual([
      ['ops/site.yaml', 'medium file page: ./page.html'],
    ]);
    expect(await r.told('one:./ops/site.yaml', 'one:ops/site.yaml')).toEqual([['ops/site.yaml']]);
  });

  test('with --vars, the values are compared', async () => {
    const r = repository();
    r.file('ops/vars/prod.yaml', 'root: /var/www\npause: 1s\n');
    r.commit('two');
    const vars = { '--vars': [join(r.cwd, 'ops/vars/prod.yaml')] };
    expect(await r.told('one:ops/site.yaml', 'two:ops/site.yaml', vars)).toEqual([
      ['ops/site.yaml', 'medium var -: vars.root', 'medium var -: vars.pause', 'medium time calm: for'],
    ]);
  });
});

describe('what is shown', () => {
  const changed = () => {
    const r = repository();
    r.file('ops/site.yaml', site('{ none: "<script> | `x`" }', '50s'));
    r.commit('two');
    return r;
  };

  test('text fits 100 columns', async () => {
    const { stdout } = await changed().diff('one', 'two');
    expect(stdout).toMatch(/^1 dangerous change \(by danger: 1 high/);
    expect(stdout).toContain('HIGH      page: its undo');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).not.toContain('\u001b');
  });

  test('markdown: the verdict first, danger with its reason, the rest folded, two charts', async () => {
    const { stdout } = await changed().diff('one', 'two', { '--format': 'markdown' });
    expect(stdout).toMatch(/^## 1 dangerous change/);
    expect(stdout).toContain('  - **its undo**: A rollback no longer undoes this step<br>');
    expect(stdout).not.toMatch(/(?<!`[^`\n]*)<script>/);
    expect(stdout.match(/```mermaid\ngantt/g)).toHaveLength(2);
    expect(stdout.indexOf('#### High danger')).toBeLessThan(stdout.indexOf('<details>'));
  });

  test('SARIF and annotations name the step by its line', async () => {
    const r = changed();
    const { stdout } = await r.diff('one', 'two', { '--format': 'sarif' });
    const [run] = (JSON.parse(stdout) as { runs: { results: { ruleId: string; level: string }[] }[] }).runs;
    expect(run?.results[0]).toMatchObject({ ruleId: 'RB779', level: 'error' });
    const { stdout: github } = await r.diff('one', 'two', { '--format': 'github' });
    expect(github).toMatch(/^::error file=ops\/site\.yaml,line=7/m);
  });

  test.each([
    ['high', 1],
    ['medium', 1],
    ['low', 1],
    [undefined, 0],
  ])('--fail-on %s: exit %d', async (danger, code) => {
    const r = changed();
    expect((await r.diff('one', 'two', danger ? { '--fail-on': danger } : {})).code).toBe(code);
  });
});

test.each([
  [['nothing', 'main'], 'RB670'],
  [['--output=x', 'main'], 'RB670'],
  [['main:ops/none.yaml', 'main:ops/site.yaml'], 'RB671'],
  [['main', 'ops/site.yaml'], 'RB673'],
])('%j is refused', async (args, code) => {
  const r = repository();
  const refused = r.diff(args[0] ?? '', args[1] ?? '');
  await expect(refused).rejects.toThrow(DiagnosticError);
  await expect(refused).rejects.toMatchObject({ diagnostics: [{ code }] });
});
