/** The workflow and the actions that run `review`: looked at by actionlint and shellcheck, and pinned. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { providePackages } from '../../../docker/native/debs.ts';
import { openLabRoot } from '../../../docker/native/place.ts';
import { commands } from '../../../engine/cli/commands.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const paths = {
  workflow: '.github/workflows/runbook-review.yml',
  action: '.github/actions/runbook-review/action.yml',
  gitlab: '.gitlab/runbook-review.yml',
} as const;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
const workflow = parse(read(paths.workflow));
const action = parse(read(paths.action));
const gitlab = parseAllDocuments(read(paths.gitlab)).map((document) => document.toJS());
const stepsOf: Readonly<Record<'workflow' | 'action', readonly Step[]>> = {
  workflow: workflow.jobs.review.steps,
  action: action.runs.steps,
};
const scripts = (steps: readonly Step[]): readonly string[] => steps.flatMap(({ run }) => run ?? []);

/** In the folder of the labs, built once. A text: why there is none. */
const provideActionlint = (): { readonly path: string } | { readonly why: string } => {
  const version = 'v1.7.12';
  const dir = join(openLabRoot(), `actionlint-${version}`);
  const path = join(dir, 'actionlint');
  if (existsSync(path)) return { path };
  mkdirSync(dir, { recursive: true });
  const built = spawnSync('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@${version}`], {
    env: { ...process.env, GOBIN: dir, GOFLAGS: '-mod=mod' },
    cwd: dir,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (built.status === 0) return { path };
  return { why: built.error?.message ?? built.stderr.trim().split('\n').at(-1) ?? 'no reason given' };
};

const actionlint = provideActionlint();
const packages = await providePackages(openLabRoot(), ['shellcheck']);
const env = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C.UTF-8', ...packages.env };
const shellcheck = packages.bin('usr/bin/shellcheck');

const lint = (input: string) => {
  if ('why' in actionlint) throw new Error(actionlint.why);
  const flags = ['-no-color', '-shellcheck', shellcheck, '-pyflakes=', '-'];
  const { stdout, stderr } = spawnSync(actionlint.path, flags, { input, env, encoding: 'utf8' });
  return `${stdout}${stderr}`;
};

describe.skipIf('why' in actionlint)(
  `actionlint${'why' in actionlint ? ` cannot be had: ${actionlint.why}` : ''}`,
  () => {
    test('has nothing to say of the workflow', () => {
      expect(lint(read(paths.workflow))).toBe('');
    });

    test('nor of the steps of the action, as those of a job', () => {
      const jobs = { review: { 'runs-on': 'ubuntu-latest', steps: stepsOf.action } };
      const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: 'string' }]));
      expect(lint(JSON.stringify({ on: { workflow_call: { inputs } }, jobs }))).toBe('');
    });

    test('would say what is wrong', () => {
      expect(lint(read(paths.workflow).replace('inputs.folder', 'inputs.foldr'))).toContain('"foldr"');
      expect(lint(read(paths.workflow).replace('"$PACKAGE"', '$PACKAGE'))).toContain('SC2086');
    });
  },
);

test('shellcheck has nothing to say of the script for GitLab', () => {
  const check = (script: string) =>
    spawnSync(shellcheck, ['-s', 'sh', '-'], { input: script, env, encoding: 'utf8' }).stdout;
  const script = (gitlab[1]['runbook-review'].script as string[]).join('\n');
  expect(
    check(
      script
        .replace('cd "$CI_PROJECT_DIR"', 'cd "$CI_PROJECT_DIR" || exit')
        .replace('cd /tmp/runbook\n', 'cd /tmp/runbook || exit\n'),
    ),
  ).toBe('');
  expect(check(script.replace('"$PACKAGE"', '$PACKAGE'))).toContain('SC2086');
});

test('each action of others is pinned by its commit, with the version beside it', () => {
  for (const path of [paths.workflow, paths.action]) {
    const used = read(path)
      .split('\n')
      .filter((line) => /^\s*- uses:|^\s*uses:/.test(line));
    expect(used.length).toBeGreaterThan(2);
    for (const line of used) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test('the workflow and the action run the same', () => {
  expect(scripts(stepsOf.workflow)).toEqual(scripts(stepsOf.action));
  const used = (steps: readonly Step[]) => steps.flatMap(({ uses }) => uses ?? []);
  expect(used(stepsOf.workflow)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^actions\/checkout@/), ...used(stepsOf.action)]),
  );
  expect(Object.keys(workflow.on.workflow_call.inputs)).toEqual(
    Object.keys(action.inputs).filter((name) => name !== 'token'),
  );
});

test('nothing that a pull request says becomes a part of a script', () => {
  for (const script of [...scripts(stepsOf.workflow), ...scripts(stepsOf.action)])
    expect(script).not.toContain('${{');
});

test('the token is known to one step only, and the checkout keeps none', () => {
  const [checkout] = workflow.jobs.review.steps;
  expect(checkout.with['persist-credentials']).toBe(false);
  for (const steps of Object.values(stepsOf))
    expect(steps.filter(({ env: given = {} }) => 'GITHUB_TOKEN' in given)).toHaveLength(1);
  expect(workflow.on).toEqual({ workflow_call: expect.anything() });
});

test('what they pass is what `review` takes', () => {
  const review = commands.find(({ name }) => name === 'review');
  const known = review?.options.flatMap(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? []);
  const all = [...scripts(stepsOf.workflow), ...gitlab[1]['runbook-review'].script].join('\n');
  const lines = all.split('\n').filter((line) => /\breview\b|given\+=/.test(line));
  const flags = lines.flatMap((line) => line.match(/--[a-z][\w-]*/g) ?? []);
  expect(flags).toEqual(expect.arrayContaining(['--comment', '--vars', '--fail-on', '--out', '--key']));
  expect(flags.filter((flag) => !known?.includes(flag))).toEqual([]);
});
