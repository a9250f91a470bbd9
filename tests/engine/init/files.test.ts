import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { formatYaml } from '../../../engine/format/format.ts';
import { type Answers, databases, readServers, services } from '../../../engine/init/answers.ts';
import { filesOf } from '../../../engine/init/files.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { loadPolicy } from '../../../engine/policy/load-policy.ts';
import { policyRemarks } from '../../../engine/policy/remarks.ts';
import { whatIf } from '../../../engine/what-if/what-if.ts';
import { registry } from '../../../steps/index.ts';
import { folder } from '../../support/folder.ts';

const servers = (...texts: readonly string[]): Answers['servers'] => {
  const read = readServers(texts);
  if ('why' in read) throw new Error(read.why);
  return read.value;
};

const base: Answers = {
  name: 'shop',
  servers: servers('deploy@shop.example'),
  database: 'none',
  approvers: ['Release lead', 'Deputy'],
  opensMs: -1_800_000,
  hardStopMs: 1_800_000,
  ci: 'none',
};

const around = { folder: 'runbooks/shop', version: '0.1.0' };

const written = (answers: Answers): { readonly dir: string; readonly text: (path: string) => string } => {
  const dir = folder('runbook-init-');
  const files = filesOf(answers, around, '{}\n');
  for (const { path, text } of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return { dir, text: (path) => files.find((file) => file.path === path)?.text ?? '' };
};

const combinations: readonly (readonly [string, Answers])[] = [
  servers('none'),
  servers('deploy@shop.example'),
  servers('a@one.example', 'b@two.example:2222'),
].flatMap((chosen) =>
  databases.map(
    (database) => [`${chosen.length} servers, ${database}`, { ...base, servers: chosen, database }] as const,
  ),
);

const others: readonly (readonly [string, Answers])[] = [
  [
    'the shortest window',
    {
      ...base,
      database: 'mysql',
      servers: servers('a@x', 'b@x:2', 'c@y'),
      opensMs: -600_000,
      hardStopMs: 600_000,
    },
  ],
  ['a long window', { ...base, opensMs: -86_400_000, hardStopMs: 3_600_000 }],
  [
    'names that YAML could take for something else',
    { ...base, name: '2026', approvers: ['No', 'Ann: "the" #1', 'Zoë'] },
  ],
  ['one approver', { ...base, name: 'a.b_c-', approvers: ['Lead'] }],
];

describe.each([...combinations, ...others])('%s', (_name, answers) => {
  test('valid with each vars file, true in what-if, formatted, and as its own policy wants it', async () => {
    const { dir, text } = written(answers);
    const file = `${answers.name}.yaml`;
    for (const vars of ['vars/lab.yaml', 'vars/production.example.yaml']) {
      const { plan, unusedVars, source } = await loadRunbook(join(dir, file), {
        registry,
        varsFiles: [join(dir, vars)],
        vars: {},
      });
      expect(unusedVars).toEqual([]);
      expect(plan.name).toBe(answers.name);
      expect(Object.values(plan.approvers).map(({ name }) => name)).toEqual(answers.approvers);
      const policy = loadPolicy(text('runbook.policy.yaml'), 'runbook.policy.yaml');
      expect(policyRemarks([policy], { plan, source, file }, null)).toEqual([]);
      expect(whatIf(plan, { pairs: 20, seed: 1 }).broken).toEqual([]);
      expect(plan.invariants?.length).toBeGreaterThan(2);
    }
    for (const path of [file, 'vars/lab.yaml', 'vars/production.example.yaml', 'runbook.policy.yaml'])
      expect(formatYaml(text(path), path)).toBe(text(path));
  });
});

test('the invariants are not empty words: without a maintenance page one is broken', async () => {
  const { dir, text } = written(base);
  const without = text('shop.yaml').replace('    sets: { maintenance: true }\n', '');
  expect(without).not.toBe(text('shop.yaml'));
  writeFileSync(join(dir, 'shop.yaml'), without);
  const { plan } = await loadRunbook(join(dir, 'shop.yaml'), {
    registry,
    varsFiles: [join(dir, 'vars/lab.yaml')],
    vars: {},
  });
  const names = whatIf(plan, { pairs: 0, seed: 1 }).broken.map(({ invariant }) => invariant);
  expect(names).toContain('users reach the new release only after the point of no return');
});

test('no two servers share a file, a step or a port of the lab', () => {
  const { text } = written({ ...base, servers: servers('a@one.example', 'b@two.example:2222') });
  expect(text('vars/lab.yaml')).toMatch(/app_port_1: 2222\n[\s\S]*app_port_2: 2223\n/);
  expect(text('vars/production.example.yaml')).toMatch(
    /app_host_2: two.example\napp_port_2: 2222\napp_user_2: b\n/,
  );
  expect(text('known_hosts')).toContain('#   ssh-keyscan -p 2222 two.example >> known_hosts');
});

test.each(services)(
  'the CI files of %s are YAML, formatted, and stand at the root of the repository',
  (ci) => {
    const files = filesOf({ ...base, ci }, around, '{}').filter((file) => file.in === 'repository');
    expect(files.map(({ path }) => path)).toEqual(
      { github: ['.github/workflows/runbook-review.yml'], gitlab: ['.gitlab/runbook-review.yml'], none: [] }[
        ci
      ],
    );
    for (const { path, text } of files) {
      expect(parseDocument(text).errors).toEqual([]);
      expect(formatYaml(text, path)).toBe(text);
    }
  },
);

test('the GitHub workflow gives the reusable one what it takes', () => {
  const [file] = filesOf({ ...base, ci: 'github' }, around, '{}').filter((each) => each.in === 'repository');
  const { on, permissions, jobs } = parseDocument(file?.text ?? '').toJS();
  expect(on.pull_request.paths).toEqual(['runbooks/shop/**']);
  expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  expect(jobs.runbooks.with).toEqual({
    package: '@runbook-engine/runbook@0.1.0',
    folder: 'runbooks/shop',
    vars: 'vars/lab.yaml',
    'fail-on': 'high',
  });
});
