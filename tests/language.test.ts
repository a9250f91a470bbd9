/** The pages of the language: each example is what the loader takes, each mistake gives the code that the page names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnosticsOf, examplesOf, languageDir } from '../.build/language-examples.ts';
import { languagePages, pageNames } from '../.build/language-pages.ts';
import { renderDiagnostic } from '../engine/diagnostics/render.ts';
import { commonKeys } from '../engine/load/schema/common-keys.ts';
import { frame } from '../engine/load/schema/document.ts';

const root = resolve(import.meta.dirname, '..');
const pageOf = (name: string): string => readFileSync(join(languageDir, `${name}.md`), 'utf8');

test('every page is in the index, and what is generated is as it is now (npm run docs writes it)', async () => {
  const files = readdirSync(languageDir).filter((name) => name.endsWith('.md'));
  expect(files.toSorted()).toEqual(pageNames.map((name) => `${name}.md`).toSorted());
  for (const [path, text] of Object.entries(await languagePages()))
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(text);
});

describe.each(pageNames)('%s', (name) => {
  const examples = examplesOf(pageOf(name));

  test('has examples that are right, and one that is wrong', () => {
    expect(examples.filter(({ wrong }) => wrong === null).length).toBeGreaterThan(0);
    expect(examples.filter(({ wrong }) => wrong !== null).length).toBeGreaterThan(0);
  });

  test.each(examples.map((example) => [example.line, example] as const))('line %i', async (_, example) => {
    const found = await diagnosticsOf(example);
    if (example.wrong === null)
      expect(found.map((each) => renderDiagnostic(each, { color: false })).join('\n')).toBe('');
    else expect([...new Set(found.map(({ code }) => code))]).toEqual([example.wrong]);
  });
});

test('every section of a runbook and every key of a step is in an example or in a table', () => {
  const pages = pageNames.map(pageOf).join('\n');
  const keys = [
    ...Object.keys(frame.shape),
    ...commonKeys.flatMap(({ keys: { shape } }) => Object.keys(shape)),
  ];
  const missing = [...new Set(keys)].filter(
    (key) =>
      !new RegExp(`^(?:.*[{,] |\\s*(?:- )?)${key}:(?= |$)`, 'm').test(pages) &&
      !pages.includes(`| \`${key}\``),
  );
  expect(missing).toEqual([]);
});
