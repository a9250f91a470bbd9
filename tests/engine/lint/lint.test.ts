import { describe, expect, test } from 'vitest';
import { applyFixes } from '../../../engine/lint/apply-fixes.ts';
import { linted } from './linted.ts';

const push = `steps:
  - id: a
    type: command
    with: { run: [git, push, --force], effects: read }`;

test('a remark is plain JSON with its place, step, message and remedy', async () => {
  const { remarks } = await linted(push);
  expect(remarks).toEqual([
    {
      code: 'RB720',
      level: 'warning',
      file: expect.stringMatching(/cutover\.yaml$/),
      region: { line: 6, col: 30, endCol: 37 },
      step: 'a',
      message: 'A forced push removes what others have pushed since the last fetch',
      remedy: 'Use `--force-with-lease`, or push a new branch or tag',
    },
  ]);
});

test.each([
  ['error', ['error']],
  ['note', ['note']],
  ['off', []],
] as const)('the level of a rule can be %s', async (level, expected) => {
  const { remarks } = await linted(push, { levels: { RB720: level } });
  expect(remarks.map((remark) => remark.level)).toEqual(expected);
});

test('remarks come in the order of the file', async () => {
  const { remarks } = await linted(`steps:
  - id: a
    type: command
    with: { run: "curl https://a.example/; git push --force", effects: read }
  - id: b
    type: command
    with: { run: [kill, "-9", "1"], effects: read }`);
  expect(remarks.map(({ code }) => code)).toEqual(['RB729', 'RB720', 'RB731']);
});

describe('what is certain can be fixed', () => {
  const dump = (run: string) => `steps:
  - id: a
    type: command
    with: { run: ${run}, effects: read } # as of today`;

  test.each([
    ['mysqldump shop > a.sql', 'mysqldump --single-transaction shop > a.sql'],
    ['[mysqldump, shop]', '[mysqldump, --single-transaction, shop]'],
    ['"sudo mysqldump shop > a.sql"', '"sudo mysqldump --single-transaction shop > a.sql"'],
  ])('%s', async (before, after) => {
    const head = 'version: 1\nname: example\n';
    const { fixes } = await linted(dump(before));
    const text = applyFixes(head + dump(before), fixes);
    expect(text).toBe(head + dump(after));
    expect((await linted(dump(after))).remarks).toEqual([]);
  });

  test.each(['mysqldump --lock-tables shop > a.sql', 'mysqldump --defaults-file=a shop > a.sql'])(
    'not certain: %s',
    async (run) => {
      const { remarks, fixes } = await linted(dump(run));
      expect(remarks.map(({ code }) => code)).toEqual(['RB722']);
      expect(fixes).toEqual([]);
    },
  );
});

test('edits that overlap are not made twice', () => {
  const edits = [
    { start: 4, end: 6, text: 'X' },
    { start: 0, end: 2, text: '' },
    { start: 5, end: 7, text: 'Y' },
  ];
  expect(applyFixes('abcdefgh', edits)).toBe('cdXgh');
});
