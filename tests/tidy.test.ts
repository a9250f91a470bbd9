/** The shape of the repository is a test: who may import whom, how big a file may grow. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((f) => f !== '' && !f.startsWith('docker/trading-journal/'));

interface Import {
  readonly from: string;
  /** Relative to the root for our own files, else the package's or node's specifier. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const importsOf = (file: string): readonly Import[] => {
  const { module } = parseSync(file, readFileSync(resolve(root, file), 'utf8'));
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const own = specifier.startsWith('.');
    const to = own ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    found.push({ from: file, to, typeOnly });
  };
  for (const i of module.staticImports) {
    add(i.moduleRequest.value, i.entries.length > 0 && i.entries.every((e) => e.isType));
  }
  for (const e of module.staticExports) {
    for (const entry of e.entries) if (entry.moduleRequest) add(entry.moduleRequest.value, entry.isType);
  }
  const source = readFileSync(resolve(root, file), 'utf8');
  for (const i of module.dynamicImports) {
    const specifier = source.slice(i.moduleRequest.start + 1, i.moduleRequest.end - 1);
    if (/^[\w@./:-]+$/.test(specifier)) add(specifier, false);
  }
  return found;
};

const imports = files.flatMap(importsOf);
const area = (path: string): string => path.split('/').slice(0, 2).join('/');

/** What each part of the engine may import besides itself, node and packages. */
const allowed: Record<string, readonly string[]> = {
  'engine/decide': ['engine/plan.ts'],
  'engine/expr': [
    'engine/diagnostics',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/step.ts',
    'engine/diagnostic.ts',
  ],
  'engine/journal': ['engine/decide', 'engine/diagnostic.ts', 'engine/plan.ts', 'engine/digest.ts'],
  'engine/load': [
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/digest.ts',
    'engine/expr',
    'engine/home-path.ts',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/step.ts',
    'engine/target.ts',
  ],
  'engine/report': ['engine/decide', 'engine/plan.ts', 'engine/views'],
  'engine/run': [
    'engine/json.ts',
    'engine/decide',
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/digest.ts',
    'engine/expr',
    'engine/home-path.ts',
    'engine/journal',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/step.ts',
    'engine/target.ts',
    'engine/text.ts',
    'engine/views/view.ts',
  ],
  'engine/views': [
    'engine/decide',
    'engine/plan.ts',
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/text.ts',
  ],
  'engine/what-if': [
    'engine/decide',
    'engine/expr',
    'engine/plan.ts',
    'engine/report/markdown.ts',
    'engine/views/format.ts',
  ],
};

/** What step types share, the lowest first. */
const rooms = ['steps/_work', 'steps/_kits', 'steps/_targets'];

describe('import directions', () => {
  test.each(Object.entries(allowed))('%s', (from, to) => {
    const wrong = imports.filter(
      (i) =>
        area(i.from) === from &&
        (i.to.startsWith('engine/') || i.to.startsWith('steps/')) &&
        area(i.to) !== from &&
        !to.some((a) => i.to === a || i.to.startsWith(`${a}/`)),
    );
    expect(wrong).toEqual([]);
  });

  test('the core imports types only from outside, and nothing of node or npm', () => {
    const wrong = imports.filter(
      (i) =>
        area(i.from) === 'engine/decide' &&
        !i.to.startsWith('engine/decide/') &&
        !(i.typeOnly && i.to.startsWith('engine/')),
    );
    expect(wrong).toEqual([]);
  });

  test('only the composition root knows concrete steps', () => {
    const wrong = imports.filter(
      (i) => i.from.startsWith('engine/') && i.to.startsWith('steps/') && i.from !== 'engine/main.ts',
    );
    expect(wrong).toEqual([]);
  });

  test('a step imports the contract and the shared rooms, never a sibling or the rest of the engine', () => {
    const contract = ['engine/step.ts', 'engine/target.ts'];
    const wrong = imports.filter(
      (i) =>
        i.from.startsWith('steps/') &&
        i.from !== 'steps/index.ts' &&
        ((i.to.startsWith('engine/') &&
          !contract.includes(i.to) &&
          !(i.typeOnly && i.to === 'engine/plan.ts')) ||
          (i.to.startsWith('steps/') && area(i.to) !== area(i.from) && !rooms.includes(area(i.to)))),
    );
    expect(wrong).toEqual([]);
  });

  test.each(rooms.map((room, i) => [room, rooms.slice(i + 1)] as const))(
    '%s imports no room above it: %j',
    (room, above) => {
      const wrong = imports.filter((i) => area(i.from) === room && above.includes(area(i.to)));
      expect(wrong).toEqual([]);
    },
  );

  test('nothing that ships imports tests or the lab', () => {
    const wrong = imports.filter((i) => /^(engine|steps)\//.test(i.from) && /^(tests|docker)\//.test(i.to));
    expect(wrong).toEqual([]);
  });
});

test.each([
  ['tsc', ['-p', '.']],
  ['biome', ['check', '.']],
])('%s has nothing to say', { timeout: 120_000 }, async (tool, args) => {
  const run = promisify(execFile)(join(root, 'node_modules/.bin', tool), args, { cwd: root });
  expect(
    await run.then(
      () => '',
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    ),
  ).toBe('');
});

test('what is random in tests comes from the one seed that is printed', () => {
  const wrong = files.filter((file) => {
    if (!file.startsWith('tests/') || file.endsWith('tidy.test.ts')) return false;
    const source = readFileSync(resolve(root, file), 'utf8');
    return (
      source.includes('Math.random(') ||
      (/from 'fast-check'/.test(source) && !file.endsWith('support/property.ts'))
    );
  });
  expect(wrong).toEqual([]);
});

describe('files', () => {
  test('each reads in one sitting', () => {
    const longest = 320;
    const long = files
      .map((file) => ({ file, lines: readFileSync(resolve(root, file), 'utf8').split('\n').length }))
      .filter(({ file, lines }) => lines > longest && !file.startsWith('tests/'));
    expect(long).toEqual([]);
  });

  test('are named in kebab-case, after what they are', () => {
    const wrong = files.filter((f) => !/^[\w./-]+$/.test(f) || /(utils?|helpers?|manager|misc)\.ts$/.test(f));
    expect(wrong).toEqual([]);
  });

  test('the top level holds what was asked for', () => {
    const top = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
      .split('\n')
      .map((f) => f.split('/')[0] ?? '')
      .filter((f) => f !== '' && !f.startsWith('.'));
    expect([...new Set(top)].sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'docker',
        'engine',
        'package-lock.json',
        'package.json',
        'runbooks',
        'steps',
        'tests',
        'tsconfig.json',
      ].sort(),
    );
  });
});
