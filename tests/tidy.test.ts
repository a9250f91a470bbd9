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
  'engine/journal': [
    'engine/decide',
    'engine/diagnostic.ts',
    'engine/plan.ts',
    'engine/digest.ts',
    'engine/file-name.ts',
  ],
  'engine/load': [
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/digest.ts',
    'engine/expr',
    'engine/home-path.ts',
    'engine/json.ts',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/step.ts',
    'engine/target.ts',
    'engine/tell.ts',
  ],
  'engine/report': ['engine/decide', 'engine/plan.ts', 'engine/words'],
  'engine/run': [
    'engine/json.ts',
    'engine/file-name.ts',
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
    'engine/tell.ts',
    'engine/text.ts',
    'engine/views/view.ts',
  ],
  'engine/views': [
    'engine/decide',
    'engine/plan.ts',
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/text.ts',
    'engine/words',
  ],
  'engine/what-if': [
    'engine/decide',
    'engine/expr',
    'engine/plan.ts',
    'engine/report/markdown.ts',
    'engine/text.ts',
    'engine/words/format.ts',
  ],
  'engine/lsp': [
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/expr',
    'engine/home-path.ts',
    'engine/load',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/step.ts',
    'engine/text.ts',
    'engine/words/format.ts',
  ],
  'engine/format': [
    'engine/diagnostic.ts',
    'engine/digest.ts',
    'engine/load/parse-yaml.ts',
    'engine/load/problems.ts',
    'engine/load/yaml-source.ts',
    'engine/plan.ts',
  ],
  'engine/init': ['engine/load/duration.ts', 'engine/policy/find.ts'],
  'engine/lint': [
    'engine/diagnostic.ts',
    'engine/diagnostics/near.ts',
    'engine/load',
    'engine/plan.ts',
    'engine/registry.ts',
    'engine/review/remark.ts',
    'engine/step.ts',
    'engine/target.ts',
    'engine/timeline',
    'engine/words/format.ts',
  ],
  'engine/forecast': [
    'engine/decide',
    'engine/plan.ts',
    'engine/report/markdown.ts',
    'engine/timeline',
    'engine/what-if/durations.ts',
    'engine/words/format.ts',
    'engine/words/span.ts',
  ],
  'engine/review': ['engine/diagnostic.ts', 'engine/diagnostics', 'engine/text.ts', 'engine/words'],
  'engine/ci': ['engine/diagnostic.ts', 'engine/report/markdown.ts', 'engine/review'],
  'engine/policy': [
    'engine/diagnostic.ts',
    'engine/diagnostics',
    'engine/digest.ts',
    'engine/expr',
    'engine/load',
    'engine/plan.ts',
    'engine/review',
    'engine/words',
  ],
  'engine/diff': [
    'engine/decide',
    'engine/diagnostic.ts',
    'engine/digest.ts',
    'engine/expr',
    'engine/plan.ts',
    'engine/policy',
    'engine/report/markdown.ts',
    'engine/review',
    'engine/text.ts',
    'engine/timeline',
    'engine/what-if',
    'engine/words',
  ],
  'engine/timeline': ['engine/decide', 'engine/plan.ts', 'engine/what-if/durations.ts', 'engine/words'],
  'engine/plan-view': [
    'engine/decide',
    'engine/plan.ts',
    'engine/report/markdown.ts',
    'engine/timeline',
    'engine/words',
  ],
  'engine/words': ['engine/decide', 'engine/plan.ts', 'engine/text.ts', 'engine/diagnostic.ts'],
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

  test('the core names no option of the command line', () => {
    const wrong = files.filter(
      (file) =>
        file.startsWith('engine/decide/') && /--[a-z]/.test(readFileSync(resolve(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['as Masked', ['engine/decide/masked.ts']],
    ['asMasked', ['engine/decide/masked.ts', 'engine/run/act-log.ts', 'engine/run/masking.ts']],
    ['reshape', ['engine/decide/masked.ts', 'engine/run/failure.ts']],
  ])('only few say that a text is masked: %s', (word, may) => {
    const say = new RegExp(`\\b${word}\\b`);
    const wrong = files.filter(
      (file) =>
        /^(engine|steps)\//.test(file) &&
        !may.includes(file) &&
        say.test(readFileSync(resolve(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test('only the core calls a text one of the plan', () => {
    const wrong = files.filter(
      (file) =>
        /^(engine|steps)\/(?!decide\/)/.test(file) &&
        /\bofPlan\b/.test(readFileSync(resolve(root, file), 'utf8')),
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
    const contract = ['engine/step.ts', 'engine/target.ts', 'engine/tell.ts'];
    const wrong = imports.filter(
      (i) =>
        i.from.startsWith('steps/') &&
        i.from !== 'steps/index.ts' &&
        // The world of a test: it stands in for the engine.
        !i.from.startsWith('steps/testing/') &&
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

  test('no file imports itself in a circle, not even for a type', () => {
    const shipped = imports.filter(({ from }) => /^(engine|steps)\//.test(from));
    const targets = Map.groupBy(shipped, ({ from }) => from);
    const reached = (from: string): ReadonlySet<string> => {
      const seen = new Set<string>();
      const left = [from];
      for (let file = left.pop(); file !== undefined; file = left.pop())
        for (const { to } of targets.get(file) ?? []) {
          if (seen.has(to)) continue;
          seen.add(to);
          left.push(to);
        }
      return seen;
    };
    const inCircles = [...targets.keys()].filter((file) => reached(file).has(file));
    expect(inCircles).toEqual([]);
  });

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

test('who changes or blocks a whole MySQL server has one of its own', () => {
  const changes =
    /(ask|query)\(\s*[`"']SET GLOBAL|SET GLOBAL \$\{|BACKUP STAGE|LOCK TABLES (mysql\.|\$\{server\.)/;
  // The scene of commit-cut.test.ts, which hands its own server over.
  const handedOver = ['tests/e2e/slow-commit.ts'];
  const wrong = files.filter((file) => {
    if (!file.startsWith('tests/') || file.endsWith('tidy.test.ts') || handedOver.includes(file))
      return false;
    const source = readFileSync(resolve(root, file), 'utf8');
    return changes.test(source) && !source.includes('await useOwnMysqlServer()');
  });
  expect(wrong).toEqual([]);
});

test('sessions of MySQL are listed by SHOW: MySQL 9 refuses its table of them while there is an emoji', () => {
  const wrong = files.filter(
    (file) =>
      !file.startsWith('tests/') &&
      /(from|join)\s+information_schema\.processlist/i.test(readFileSync(resolve(root, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
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
        'ARCHITECTURE.md',
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'docker',
        'docs',
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
