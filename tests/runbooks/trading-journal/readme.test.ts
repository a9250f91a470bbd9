/** The README's tables lead a reader from the plan to the steps: every step that they name has to be there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type Draft, type Entry, folder } from './flagship.ts';

const files = ['announce', 'cutover', 'closing', 'close-doors'] as const;
type File = (typeof files)[number];

interface Named {
  readonly file: File;
  readonly id: string;
}

/** Words of the file format that look like a step id. */
const keys: readonly string[] = ['verify'];

/** `announce: ` in front of a part of a cell names its file; the others are of the night. */
const namedIn = (cell: string): readonly Named[] =>
  cell.split(';').flatMap((part) => {
    const file = files.find((name) => part.includes(`${name}: `)) ?? 'cutover';
    return [...part.matchAll(/`([a-z][a-z0-9]*(?:-[a-z0-9]+)*)`/g)].flatMap(([, id = '']) =>
      keys.includes(id) ? [] : [{ file, id }],
    );
  });

/** The last column of the tables that are about steps. */
const named = readFileSync(join(folder, 'README.md'), 'utf8')
  .split(/^## /m)
  .filter((section) => /^(From the plan to the runbook|Traps of the plan)\n/.test(section))
  .flatMap((section) =>
    section
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2),
  )
  .flatMap((row) => namedIn(row.split('|').at(-2) ?? ''));

const stepsOf = (file: File): readonly string[] => {
  const { steps } = parseDocument(readFileSync(join(folder, `${file}.yaml`), 'utf8')).toJS() as Draft;
  const each = steps.flatMap((step) => (step.parallel as Entry[] | undefined) ?? [step]);
  return each.flatMap(({ id }) => id ?? []);
};

test('each step of the tables is in its runbook', () => {
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter(({ file, id }) => !stepsOf(file).includes(id))).toEqual([]);
});

/** Bookkeeping of the night that answers no line of the plan. */
const unnamed = ['doors-mark', 'log-mark', 'team-told'];

test('each step of the night is in a table, or has nothing to do with the plan', () => {
  const ids = new Set(named.filter(({ file }) => file === 'cutover').map(({ id }) => id));
  expect(
    stepsOf('cutover')
      .filter((id) => !ids.has(id))
      .toSorted(),
  ).toEqual(unnamed);
});
