/** Texts keep to the glossary of ARCHITECTURE.md. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ofOneRunbook, retired, type Violation, violationsIn } from './support/retired-words.ts';
import { textsOfCode, textsOfMarkdown } from './support/texts.ts';

const root = resolve(import.meta.dirname, '..');

/** CHANGELOG.md is history; the step reference is made of texts that are looked at where they are written. */
const left = ['CHANGELOG.md', 'steps/README.md'];

const files = execFileSync('git', ['ls-files', 'engine/*.ts', 'steps/*.ts', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !left.includes(file) && !/^(tests|docker)\//.test(file));

const violationsOf = (file: string): readonly Violation[] => {
  const source = readFileSync(join(root, file), 'utf8');
  const texts = file.endsWith('.md') ? textsOfMarkdown(source) : textsOfCode(file, source);
  // The flagship's pages speak to its own team.
  return violationsIn(texts, file.startsWith('runbooks/') ? retired : [...retired, ...ofOneRunbook]);
};

const found = new Map(
  files.map((file) => [file, violationsOf(file)] as const).filter(([, violations]) => violations.length > 0),
);

test('no text uses a retired word', () => {
  expect(Object.fromEntries(found)).toEqual({});
});

test('texts are found in literals, templates and prose, and nowhere else', () => {
  const code =
    "import a from 'the night'; // the night\nconst x = ['go-back', 'it  goes\\nback', `a ${b} door`];";
  expect(textsOfCode('a.ts', code)).toEqual(['the night', 'it goes back', 'a … door']);
  const page = 'Open `the doors` [here](./close doors.md)\n\n```sh\nthe night\n```\nThe night\n';
  expect(textsOfMarkdown(page)).toEqual(['Open `…` [here](./close doors.md)', 'The night']);
});

test.each([
  ['the run is rolled back', []],
  ['turn the night back', ['night']],
  ['Its precondition does not hold now', ['does not hold now']],
  ['the condition holds', ['condition holds']],
  ['the step holds the run', []],
  ['Whoever is told may take it back', ['take it back', 'Whoever', 'is told']],
  ['nothing is undone behind the line', ['behind the line']],
])('%s', (text, expected) => {
  expect(violationsIn([text], [...retired, ...ofOneRunbook]).map((violation) => violation.found)).toEqual(
    expected,
  );
});
