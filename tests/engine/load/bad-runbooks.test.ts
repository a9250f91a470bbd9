/** One file per bad runbook, named by its code; beside it what the operator reads. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { load as catalogue } from '../../../engine/diagnostics/load.ts';
import { renderDiagnostic } from '../../../engine/diagnostics/render.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import { MAX_BYTES } from '../../../engine/load/read-source.ts';
import { fakeRegistry } from '../../support/registry.ts';

const FOLDER = new URL('../../bad-runbooks', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'bad-runbooks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const problemsOf = async (path: string, varsFiles: readonly string[] = []) => {
  try {
    // RB359 is about code that is not trusted.
    const importModule = path.includes('RB359') ? undefined : (file: string) => import(file);
    await loadRunbook(path, { registry: fakeRegistry, importModule, varsFiles, vars: {} });
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error(`${path} was loaded`);
};

const rendered = (diagnostics: Awaited<ReturnType<typeof problemsOf>>, root: string): string =>
  `${diagnostics.map((d) => renderDiagnostic(d, { color: false })).join('\n\n')}\n`.replaceAll(
    `${root}/`,
    '',
  );

const names = readdirSync(FOLDER).filter((name) => /^RB\d{3}-.*(?<!\.vars)\.yaml$/.test(name));

describe.each(names)('%s', (name) => {
  test('says what is wrong, where, and what to do', async () => {
    const path = join(FOLDER, name);
    const vars = path.replace(/\.yaml$/, '.vars.yaml');
    const diagnostics = await problemsOf(path, existsSync(vars) ? [vars] : []);
    expect(diagnostics.map((d) => d.code)).toContain(name.slice(0, 5));
    const root = relative('', FOLDER);
    await expect(rendered(diagnostics, root)).toMatchFileSnapshot(path.replace(/\.yaml$/, '.txt'));
  });
});

/** What no file in a repository can be. */
const made: Record<string, [string, (path: string) => void]> = {
  'RB101 no such file': ['RB101', () => undefined],
  'RB102 directory': ['RB102', (path) => mkdirSync(path)],
  'RB103 huge': ['RB103', (path) => writeFileSync(path, '#'.repeat(MAX_BYTES + 1))],
  'RB104 UTF-16': ['RB104', (path) => writeFileSync(path, Buffer.from('\ufeffversion: 1\n', 'utf16le'))],
  'RB104 UTF-16 without a mark': [
    'RB104',
    (path) => writeFileSync(path, Buffer.from('version: 1\n', 'utf16le')),
  ],
  'RB104 Latin-1': ['RB104', (path) => writeFileSync(path, Buffer.from('name: caf\u00e9\n', 'latin1'))],
  'RB104 byte order mark': ['RB104', (path) => writeFileSync(path, '\ufeffversion: 1\n')],
  'RB105 nothing': ['RB105', (path) => writeFileSync(path, '')],
  'RB107 binary': ['RB107', (path) => writeFileSync(path, '\u0001\u0002: [')],
  'RB114 brackets without end': ['RB114', (path) => writeFileSync(path, '['.repeat(MAX_BYTES))],
};

describe.each(Object.entries(made))('%s', (name, [code, make]) => {
  test('is one diagnostic', async () => {
    const path = join(scratch, `${name.replaceAll(' ', '-')}.yaml`);
    make(path);
    const diagnostics = await problemsOf(path);
    expect(diagnostics.map((d) => d.code)).toEqual([code]);
    expect(rendered(diagnostics, scratch)).not.toMatch(/\bat .*\.ts:\d+/);
  });
});

test('every code of the loader has a bad runbook', () => {
  const covered = new Set([
    ...names.map((name) => name.slice(0, 5)),
    ...Object.values(made).map(([code]) => code),
  ]);
  expect(Object.keys(catalogue).filter((code) => !covered.has(code))).toEqual([]);
});
