/** The pages for contributors say what is there: links, files, scripts, dates. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
const pages = listed.split('\n').filter((file) => file !== '' && !/^(docker|tests)\//.test(file));

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('links to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      ([, link]) => link as string,
    );
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  test('names npm scripts and source files that exist', () => {
    const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string);
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
    const named = [...text.matchAll(/`((?:engine|steps|tests|docker|docs|\.build|\.ci)\/[\w./-]+)`/g)].map(
      ([, file]) => file as string,
    );
    // The type that CONTRIBUTING.md adds as an example is not there.
    const own = named.filter((file) => !/dns-record/.test(file));
    expect(own.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

describe('records of decisions', () => {
  const records = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md');

  test('are numbered without a gap and listed', () => {
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, i) => i + 1));
    const index = read('docs/decisions/README.md');
    expect(records.filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });

  test.each(records)('%s is dated and says context, decision and consequences on one screen', (name) => {
    const text = read(`docs/decisions/${name}`);
    expect(text).toMatch(/^# \d{4} .+\n\nDate: \d{4}-\d\d-\d\d .*\nStatus: (accepted|replaced by \d{4})\n/);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences']);
    expect(text.split('\n').length).toBeLessThan(50);
  });
});

test('CHANGELOG.md keeps to its convention: versions from the newest, changes by their kind', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^(##+) (.*)$/gm)];
  const versions = headings.filter(([, level]) => level === '##').map(([, , text]) => text as string);
  expect(versions[0]).toBe('[Unreleased]');
  for (const version of versions.slice(1)) expect(version).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  const kinds = headings.filter(([, level]) => level === '###').map(([, , text]) => text as string);
  const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
  expect(kinds.filter((kind) => !known.includes(kind))).toEqual([]);
});

test('ARCHITECTURE.md defines the words that all texts keep to', () => {
  const glossary = read('ARCHITECTURE.md').split('## Glossary')[1] ?? '';
  const defined = [...glossary.matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)].flatMap(([, words]) =>
    (words as string).split(', '),
  );
  const wanted = ['run', 'cutover', 'maintenance window', 'point of no return', 'roll back', 'hold', 'gate'];
  for (const word of [...wanted, 'watch', 'act', 'probe', 'before-image', 'unknown'])
    expect(defined, word).toContain(word);
});

test('npm run check is what CI runs', () => {
  expect(manifest.scripts.check).toBe('bash .ci/run');
});
