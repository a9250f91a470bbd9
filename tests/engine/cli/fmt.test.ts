import { chmodSync, cpSync, existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { formatYaml } from '../../../engine/format/format.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { registry } from '../../../steps/index.ts';
import { folder } from '../../support/folder.ts';
import { inProcess } from '../../support/in-process.ts';

const untidy = 'a:   1\nb: [ 1,2 ]\n';
const tidy = 'a: 1\nb: [1, 2]\n';

const filesIn = (files: Readonly<Record<string, string>>): string => {
  const cwd = folder('runbook-fmt-');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
};

test('files are replaced, with the mode they had; formatted ones are not touched', async () => {
  const cwd = filesIn({ 'a.yaml': untidy, 'b.yaml': tidy });
  chmodSync(join(cwd, 'a.yaml'), 0o640);
  const before = statSync(join(cwd, 'b.yaml')).ino;
  expect(await inProcess(['fmt', 'a.yaml', 'b.yaml', 'a.yaml'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'formatted a.yaml\n',
  });
  expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(tidy);
  expect(statSync(join(cwd, 'a.yaml')).mode & 0o777).toBe(0o640);
  expect(statSync(join(cwd, 'b.yaml')).ino).toBe(before);
});

test('--check lists what is not formatted, exit 1; --diff shows it; neither writes', async () => {
  const cwd = filesIn({ 'a.yaml': untidy, 'b.yaml': tidy });
  expect(await inProcess(['fmt', '--check', 'a.yaml', 'b.yaml'], { cwd })).toEqual({
    code: 1,
    stdout: 'a.yaml\n',
    stderr: '',
  });
  expect(await inProcess(['fmt', '--check', 'b.yaml'], { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  const patch = '--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n-a:   1\n-b: [ 1,2 ]\n+a: 1\n+b: [1, 2]\n';
  expect(await inProcess(['fmt', '--diff', 'a.yaml', 'b.yaml'], { cwd })).toEqual({
    code: 0,
    stdout: patch,
    stderr: '',
  });
  expect(await inProcess(['fmt', '--diff', '--check', 'a.yaml'], { cwd })).toEqual({
    code: 1,
    stdout: patch,
    stderr: 'a.yaml\n',
  });
  expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(untidy);
});

test('- is stdin, written to stdout', async () => {
  expect(await inProcess(['fmt', '-'], { cwd: '/', stdin: untidy })).toEqual({
    code: 0,
    stdout: tidy,
    stderr: '',
  });
  expect(await inProcess(['fmt', '--check', '-'], { cwd: '/', stdin: untidy })).toEqual({
    code: 1,
    stdout: '-\n',
    stderr: '',
  });
});

test('one file that cannot be read: every problem is shown, and no file is written', async () => {
  const cwd = filesIn({ 'a.yaml': untidy, 'bad.yaml': 'a: [1\n', 'worse.yaml': 'a: &x 1\n' });
  const { code, stdout, stderr } = await inProcess(['fmt', 'a.yaml', 'bad.yaml', 'worse.yaml', 'none.yaml'], {
    cwd,
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  for (const text of ['bad.yaml:2:1', 'RB107', 'worse.yaml:1:7', 'RB110', 'RB101'])
    expect(stderr).toContain(text);
  expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(untidy);
});

/** What a runbook means, whatever its lines are. */
const planOf = async (path: string): Promise<unknown> => {
  const production = join(dirname(path), 'vars/production.example.yaml');
  const varsFiles = existsSync(production) ? [production] : [];
  const given: Readonly<Record<string, Record<string, string>>> = {
    'closing.yaml': { run: 'r1' },
    'switchover.yaml': { to: 'west' },
    // Its default beside the vars of the others would be taken for a typing error.
    'announce.yaml': { mysql_host: '127.0.0.1', mysql_port: '3306' },
  };
  const vars = given[basename(path)] ?? {};
  const { plan } = await loadRunbook(path, { registry, varsFiles, vars });
  const { digest: _, ...rest } = plan;
  return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'line' ? undefined : value)));
};

test('every runbook of this repository, untidied and formatted: the plan and the digests of its steps stay', async () => {
  const root = resolve(import.meta.dirname, '../../../runbooks');
  const copy = folder('runbook-fmt-');
  cpSync(root, copy, { recursive: true });
  writeFileSync(join(copy, 'trading-journal/known_hosts'), '');
  const runbooks = globSync('*/*.yaml', { cwd: copy });
  expect(runbooks.length).toBeGreaterThan(4);
  for (const name of runbooks) {
    const path = join(copy, name);
    const before = await planOf(path);
    const doc = parseDocument(readFileSync(path, 'utf8'));
    const steps = doc.get('steps') as { items: { items: unknown[] }[] };
    for (const step of steps.items) step.items.reverse();
    const untidied = doc.toString({ indent: 3, indentSeq: false, lineWidth: 0 });
    writeFileSync(path, formatYaml(untidied, name));
    expect(await planOf(path), name).toEqual(before);
  }
});
