/** `review` in a workflow: what it runs, what it writes, and where the review ends up. Its commands are stand-ins. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { commands } from '../../../engine/cli/commands.ts';
import type { Host } from '../../../engine/cli/host.ts';
import { options } from '../../../engine/cli/options.ts';
import { reviewWith } from '../../../engine/cli/review.ts';
import type { CommandSpec, Handler, Input, OptionSpec } from '../../../engine/cli/spec.ts';
import { DiagnosticError, fail } from '../../../engine/diagnostic.ts';
import { startFakeGithub } from '../../support/fake-github.ts';
import { workDir } from './command-line.ts';

const sha = (letter: string) => letter.repeat(40);
const format: OptionSpec = { flags: '--format <format>', description: '' };
const failOn: OptionSpec = { flags: '--fail-on <danger>', description: '' };

const command = (name: string, handler: Handler): CommandSpec => ({
  name,
  summary: '',
  arguments: [],
  options: name === 'plan' ? [format, options.vars] : [format, failOn, options.vars, options.policy],
  examples: [],
  exits: [0],
  load: async () => handler,
});

const remark = {
  code: 'RB701',
  level: 'error',
  file: 'a.yaml',
  region: { line: 2, col: 1, endCol: 5 },
  step: 'dump',
  message: 'Nothing verifies | it',
  remedy: null,
};

const changes: Handler = async (host) => {
  host.stdout.write('## Changes\n');
  return 0;
};

interface Doubles {
  readonly diff?: Handler;
  readonly remarks?: readonly unknown[];
}

const setUp = async ({ diff, remarks = [] }: Doubles = {}) => {
  const cwd = workDir();
  const github = await startFakeGithub();
  onTestFinished(() => github.close());
  const file = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  file('a.yaml', 'version: 1\nname: a\nsteps: []\n');
  file('sub/b.yml', 'version: 1 # x\nname: b\nsteps: []\n');
  file('vars.yaml', 'a: 1\n');
  file('.hidden/c.yaml', 'version: 1\nname: c\nsteps: []\n');
  file('node_modules/d.yaml', 'version: 1\nname: d\nsteps: []\n');
  file(
    '.git-event.json',
    JSON.stringify({
      pull_request: {
        number: 7,
        base: { sha: sha('a') },
        head: { sha: sha('b'), repo: { full_name: 'o/r' } },
      },
    }),
  );
  const ran: string[] = [];
  const record =
    (name: string, handler: Handler): Handler =>
    async (host, input) => {
      const args = input.rest(0);
      ran.push([name, ...args, input.text(format), input.text(failOn)].filter(Boolean).join(' '));
      return handler(host, input);
    };
  const doubles = [
    command('diff', record('diff', diff ?? changes)),
    command(
      'lint',
      record('lint', async (host, input) => {
        host.stdout.write(
          input.text(format) === 'json' ? JSON.stringify({ remarks }) : `${input.text(format)}`,
        );
        return remarks.length > 0 ? 1 : 0;
      }),
    ),
    command(
      'plan',
      record('plan', async (host, input) => {
        if (input.argument(0) === 'sub/b.yml') fail('RB105', { path: 'sub/b.yml' });
        host.stdout.write(input.text(format) === 'svg' ? '<svg/>' : 'the plan');
        return 0;
      }),
    ),
  ];
  const out = { stdout: new PassThrough(), stderr: new PassThrough() };
  const env: Record<string, string> = {
    GITHUB_ACTIONS: 'true',
    GITHUB_TOKEN: 'the-token',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_PATH: join(cwd, '.git-event.json'),
    GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'),
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '99',
  };
  const forgotten: string[] = [];
  const run = async (
    given: Readonly<Record<string, string | true>> = {},
    args: readonly string[] = [],
    changed: Record<string, string | undefined> = {},
  ) => {
    const value = ({ flags }: OptionSpec) => given[/--[\w-]+/.exec(flags)?.[0] ?? ''];
    const input: Input = {
      argument: (i) => args[i],
      needed: (i) => args[i] ?? '',
      flag: (o) => value(o) === true,
      text: (o) => (typeof value(o) === 'string' ? String(value(o)) : undefined),
      rest: (i) => args.slice(i),
      list: () => [],
    };
    const host = {
      version: '1.0.0',
      cwd,
      env: { ...env, ...changed },
      now: () => 0,
      forgetEnv: (names: readonly string[]) => void forgotten.push(...names),
      ...out,
    } as unknown as Host;
    return reviewWith(doubles)(host, input);
  };
  const said = (name: 'stdout' | 'stderr') => String(out[name].read() ?? '');
  const summary = () =>
    existsSync(join(cwd, 'summary.md')) ? readFileSync(join(cwd, 'summary.md'), 'utf8') : null;
  return { cwd, github, ran, run, said, summary, forgotten };
};

test('one comment has the changes, the remarks and the plans', async () => {
  const r = await setUp({ remarks: [remark] });
  expect(await r.run({ '--comment': true, '--fail-on': 'high', '--out': 'out' })).toBe(1);
  expect(r.github.comments.map(({ body }) => body)).toEqual([
    `<!-- runbook-review: runbooks -->

## Changes

## Lint of 2 runbooks: 1 error, 0 warnings, 0 notes

| Level | Code | Place | Remark |
| --- | --- | --- | --- |
| **error** | \`RB701\` | \`a.yaml:2\` | Nothing verifies &#124; it |

<details><summary>Plan of a.yaml</summary>

the plan

</details>

<sub>Made by [this run of the workflow](https://github.com/o/r/actions/runs/99). Its artifact has the pictures of the plans.</sub>
`,
  ]);
  expect(r.ran).toEqual([
    `diff ${sha('a')} ${sha('b')} markdown high`,
    'lint a.yaml sub/b.yml json',
    'plan a.yaml markdown',
    'plan a.yaml svg',
    'plan sub/b.yml markdown',
    'lint a.yaml sub/b.yml sarif',
    'lint a.yaml sub/b.yml code-quality',
    `diff ${sha('a')} ${sha('b')} github`,
  ]);
  expect(r.said('stdout')).toContain('::error file=a.yaml,line=2');
  expect(r.summary()).toBeNull();
  expect(r.forgotten).toEqual(['GITHUB_TOKEN']);
  const written = (name: string) => readFileSync(join(r.cwd, 'out', name), 'utf8');
  expect([written('plans/a.svg'), written('review.sarif'), written('code-quality.json')]).toEqual([
    '<svg/>',
    'sarif',
    'code-quality',
  ]);
  expect(written('review.md')).toBe(r.github.comments[0]?.body);
});

test('a token that may only read: the summary of the job, and no failure', async () => {
  const r = await setUp();
  r.github.fail('POST', { status: 403, message: 'Resource not accessible by integration' });
  expect(await r.run({ '--comment': true })).toBe(0);
  expect(r.summary()).toContain('## Changes');
  expect(r.said('stderr')).toContain('It is in the summary of the job');
  expect(await r.run({ '--comment': true }, [], { GITHUB_TOKEN: undefined })).toBe(0);
  expect(r.said('stderr')).toContain('GITHUB_TOKEN is not set');
});

test('any other failure fails the job, and the review is not lost', async () => {
  const r = await setUp();
  r.github.fail('POST', { status: 422, message: 'Validation Failed' });
  const failed = r.run({ '--comment': true });
  await expect(failed).rejects.toThrow(DiagnosticError);
  await expect(failed).rejects.toThrow('RB683');
  expect(r.summary()).toContain('## Changes');
});

test('without --comment it is the summary; outside of GitHub it is printed', async () => {
  const r = await setUp();
  expect(await r.run()).toBe(0);
  expect(r.summary()).toContain('## Changes');
  expect(r.github.requests).toEqual([]);
  r.said('stdout');
  const none = { GITHUB_ACTIONS: undefined, GITHUB_EVENT_PATH: undefined, GITHUB_STEP_SUMMARY: undefined };
  expect(await r.run({}, ['main'], none)).toBe(0);
  expect(r.said('stdout')).toContain('## Changes');
  expect(r.ran.at(-1)).toBe('plan sub/b.yml markdown');
  expect(r.ran).toContain('diff main HEAD markdown');
});

test('a change that cannot be compared is told in the comment, and fails the job', async () => {
  const r = await setUp({ diff: async () => fail('RB105', { path: 'x.yaml' }) });
  expect(await r.run({ '--comment': true })).toBe(2);
  expect(r.github.comments[0]?.body).toContain('The change could not be compared:\n\n- ');
});

test('a change as dangerous as --fail-on says fails the job, after the comment is posted', async () => {
  const r = await setUp({ diff: async () => 1 });
  expect(await r.run({ '--comment': true, '--fail-on': 'medium' })).toBe(1);
  expect(r.github.comments).toHaveLength(1);
});

test.each([
  ['no revision', {}, [], { GITHUB_EVENT_PATH: undefined }, 'RB684'],
  ['no pull request', { '--comment': true }, ['main'], { GITHUB_EVENT_PATH: undefined }, 'RB684'],
  ['no repository', { '--comment': true }, [], { GITHUB_REPOSITORY: undefined }, 'RB684'],
  ['a wrong number', { '--comment': true, '--pull': '0' }, [], {}, 'RB660'],
  ['a wrong key', { '--key': 'a --> b' }, [], {}, 'RB651'],
  ['a wrong danger', { '--fail-on': 'hihg' }, [], {}, 'RB651'],
  ['a token in clear text', { '--comment': true }, [], { GITHUB_API_URL: 'http://example.org' }, 'RB685'],
  ['an event that is not there', {}, [], { GITHUB_EVENT_PATH: '/nowhere/event.json' }, 'RB685'],
  ['a repository that is a path', { '--comment': true }, [], { GITHUB_REPOSITORY: '../x/y' }, 'RB685'],
] as const)('%s is a mistake that is named', async (_, given, args, changed, expected) => {
  const r = await setUp();
  await expect(r.run(given, args, changed)).rejects.toThrow(expected);
  expect(r.github.requests).toEqual([]);
});

test('the real commands take what `review` gives them', () => {
  const flagsOf = ({ options: own }: CommandSpec) =>
    own.flatMap(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? []);
  const parts = commands.filter(({ name }) => ['diff', 'lint', 'plan'].includes(name));
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts) {
    expect(flagsOf(part), part.name).toEqual(expect.arrayContaining(['--format', '--vars', '--var']));
    if (part.name === 'diff') expect(flagsOf(part)).toContain('--fail-on');
  }
});
