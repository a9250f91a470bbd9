/** The package as somebody gets it: packed, installed without a registry, run on both ends of the Nodes it promises. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { oldestNode, provideOldestNode } from '../support/node-22.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'runbook-package-'));
const clone = join(dir, 'clone');
const user = join(dir, 'user');
const installed = join(user, 'node_modules', manifest.name);

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

const put = (base: string, path: string, text: string): void => {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), text);
};

/** What lies about in a clone that was used: none of it may leave the machine. */
const leftovers = [
  'runbooks/.runbook/runs/r1/journal.jsonl',
  'runbooks/trading-journal/.runbook/runs/r1/ledgers/mails.jsonl',
  'runbooks/trading-journal/recipients.csv',
  'runbooks/trading-journal/vars/production.yaml',
  'runbooks/own/cutover.yaml',
  '.runbook/runs/r1/journal.jsonl',
  '.env',
];

/** No registry, no cache: what is not in the tarball is missing. */
const offline = ['--offline', '--registry=http://127.0.0.1:9', `--cache=${join(dir, 'cache')}`, '--no-audit'];

beforeAll(async () => {
  for (const path of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'runbooks'])
    cpSync(join(root, path), join(clone, path), { recursive: true });
  for (const path of leftovers) put(clone, path, 'secret\n');
  await run(process.execPath, [join(root, '.build/build.ts'), join(clone, 'dist')]);
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', dir];
  [packed] = JSON.parse((await run('npm', pack, { cwd: clone })).stdout) as [Packed];
  put(user, 'package.json', '{ "type": "module" }\n');
  await run('npm', ['install', ...offline, join(dir, packed.filename)], { cwd: user });
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('what is packed', () => {
  const paths = () => packed.files.map(({ path }) => path);

  test('is the bundle, its types, the schema, the licences and the runbooks that are named', () => {
    const bundled =
      /^dist\/(runbook|step|testing|chunks\/[\w.-]+|wasm\/\w+)\.js$|\.wasm$|^dist\/types\/.*\.d\.ts$/;
    const named = manifest.files.filter((path) => !path.includes('*'));
    expect(
      paths()
        .filter((path) => !bundled.test(path))
        .sort(),
    ).toEqual(['LICENSE', 'README.md', 'package.json', ...named].sort());
  });

  test('is nothing that a run or a team has left in the clone', () => {
    expect(paths().filter((path) => leftovers.includes(path))).toEqual([]);
  });

  test('is every example that is in the repository', async () => {
    const { stdout } = await run('git', ['ls-files', 'runbooks'], { cwd: root });
    expect(
      paths()
        .filter((path) => path.startsWith('runbooks/'))
        .sort(),
    ).toEqual(stdout.trim().split('\n').sort());
  });

  test('is under 16 MB, without source maps', () => {
    expect(packed.unpackedSize).toBeLessThan(16_000_000);
    expect(paths().filter((path) => path.endsWith('.map'))).toEqual([]);
  });
});

test('installing it runs none of its scripts', () => {
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(manifest.scripts).filter((name) => atInstall.includes(name))).toEqual([]);
});

test("it depends on nothing, and its name is nobody else's", () => {
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest.name).toMatch(/^@[\w-]+\/runbook$/);
});

const nodes = [
  ['the Node of this repository', () => process.execPath],
  [`Node ${oldestNode}`, provideOldestNode],
] as const;

test('the oldest Node of the test is the oldest that is promised', () => {
  expect(`>=${oldestNode.replace(/\.0$/, '')}`).toBe(manifest.engines.node);
});

describe.each(nodes)('on %s, installed from the tarball', (_, node) => {
  const runbook = (...args: string[]) =>
    run(node(), [join(installed, 'dist/runbook.js'), ...args], { cwd: user });

  test('it validates and carries out a runbook', { timeout: 120_000 }, async () => {
    const page = join(user, 'page.txt');
    put(
      user,
      'small.yaml',
      `version: 1
name: small
steps:
  - { id: on, type: file.write, with: { path: ${page}, content: closed } }
  - { id: look, type: command, with: { run: [cat, ${page}], effects: read } }
  - { id: off, type: file.remove, with: { path: ${page} } }
`,
    );
    expect((await runbook('--version')).stdout).toBe(`${manifest.version}\n`);
    expect((await runbook('validate', 'small.yaml')).stdout).toContain('small is valid: 3 steps');
    expect((await runbook('exec', 'small.yaml')).stdout).toMatch(/^succeeded /);
  });
});

describe('the contract for own step types', () => {
  const ownStep = `import { defineStep, StepFailed, type StepActs, withActs, z } from '${manifest.name}/step';

const input = z.strictObject({ name: z.string() });
const output = z.strictObject({ id: z.int() });

const dnsRecord = defineStep({
  type: 'dns.record',
  summary: 'Set a DNS record',
  input,
  output,
  examples: [{ title: 'A record', with: { name: 'www' } }],
  places: ['local', 'ssh'],
  onUnknown: 'ask',
  effects: () => 'write',
  preview: ({ name }) => \`set \${name}\`,
});

const acts: StepActs<z.output<typeof input>, z.output<typeof output>, unknown> = {
  check: async () => [],
  run: async (ctx, { name }) => {
    const shell = await ctx.connect('shell');
    const { exitCode } = await shell.exec(['true', name]);
    // @ts-expect-error an exit code is no text
    const wrong: string = exitCode;
    if (exitCode !== 0) throw new StepFailed(\`no record \${wrong}\`, { effect: 'none' });
    return { done: true, output: { id: 1 } };
  },
  probe: async () => ({ state: 'unknown', why: 'nobody can tell' }),
};

export const type = withActs(dnsRecord, async () => ({ acts }));
`;

  test('compiles a type against its declarations alone', { timeout: 60_000 }, async () => {
    put(user, 'own-step.ts', ownStep);
    mkdirSync(join(user, 'node_modules/@types'), { recursive: true });
    symlinkSync(join(root, 'node_modules/@types/node'), join(user, 'node_modules/@types/node'));
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024'];
    const options = [...strict, '--types', 'node', '--noEmit', 'own-step.ts'];
    const tsc = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options], {
      cwd: user,
    });
    expect(await tsc.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' });
  });

  test('`steps new` writes types whose tests pass as they are written, and which a runbook can use', {
    timeout: 120_000,
  }, async () => {
    const runbook = (...args: string[]) =>
      run(process.execPath, [join(installed, 'dist/runbook.js'), ...args], { cwd: user });
    const vitest = join(root, 'node_modules/vitest');
    symlinkSync(vitest, join(user, 'node_modules/vitest'));
    await runbook('steps', 'new', './types/dns-record');
    await runbook('steps', 'new', './types/app-setting', '--template');
    const { stdout } = await run(process.execPath, [join(vitest, 'vitest.mjs'), 'run', 'types'], {
      cwd: user,
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(stdout).toMatch(/Test Files +2 passed/);
    const scene = (value: string) => `version: 1
name: own
step_types:
  dns.record: ./types/dns-record
  app.setting: ./types/app-setting.yaml
steps:
  - { id: a, type: dns.record, with: { path: ${user}/setting, value: first } }
  - { id: b, type: app.setting, with: { path: ${user}/setting, value: ${value} } }
`;
    put(user, 'setting', 'old');
    put(user, 'own.yaml', scene('second'));
    expect((await runbook('exec', 'own.yaml')).stdout).toMatch(/^succeeded /);
    expect(readFileSync(join(user, 'setting'), 'utf8')).toBe('second');
    const listed = await runbook('steps', 'app.setting', '--runbook', 'own.yaml', '--trust-types');
    expect(listed.stdout).toContain('Sets the value in a file');
  });

  test('compiles what `steps new` writes against its declarations alone', { timeout: 60_000 }, async () => {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024'];
    const options = [...strict, '--allowImportingTsExtensions', '--types', 'node', '--noEmit'];
    const files = ['types/dns-record/dns-record.test.ts', 'types/app-setting.test.ts'];
    const tsc = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...files], {
      cwd: user,
    });
    expect(await tsc.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' });
  });

  test('gives the code that the engine itself runs on', async () => {
    put(user, 'own-step.ts', ownStep);
    const script = `
const { type } = await import('./own-step.ts');
const { StepFailed } = await import('${manifest.name}/step');
console.log(JSON.stringify([type.version, type.input.safeParse({}).success, new StepFailed('no', { effect: 'none' }).outcome]))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: user });
    expect(JSON.parse(stdout)).toEqual([
      1,
      false,
      { done: false, retryable: false, short: 'no', effect: 'none' },
    ]);
    const contract = readFileSync(join(installed, 'dist/step.js'), 'utf8');
    expect(contract, 'StepFailed is imported from a chunk of the engine').not.toContain('class StepFailed');
  });
});
