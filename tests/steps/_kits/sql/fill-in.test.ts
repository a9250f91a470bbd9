import { describe, expect, test } from 'vitest';
import { type Filling, fillIn } from '../../../../steps/_kits/sql/fill-in.ts';
import { previewQuery, queryInput, readTexts } from '../../../../steps/_kits/sql/query-input.ts';

const filled = (filling: Filling, dialect: 'mysql' | 'postgres' = 'postgres') =>
  fillIn('X {{ it }} Y', () => filling, dialect);

describe('a value in a statement', () => {
  test.each([
    [{ name: 'app' }, 'postgres', 'X "app" Y'],
    [{ name: 'my table; DROP' }, 'mysql', 'X `my table; DROP` Y'],
    [{ value: "it's" }, 'mysql', "X 'it''s' Y"],
    [{ value: 'a "b" `c`' }, 'postgres', `X 'a "b" \`c\`' Y`],
    [{ value: 12.5 }, 'postgres', 'X 12.5 Y'],
    [{ value: true }, 'postgres', 'X TRUE Y'],
    [{ value: null }, 'mysql', 'X NULL Y'],
  ] as const)('%j on %s: %s', (filling, dialect, sql) => expect(filled(filling, dialect)).toBe(sql));

  test.each([
    { name: 'a"b' },
    { name: "a'b" },
    { name: 'a`b' },
    { name: 'a\\b' },
    { name: 'a\nb' },
    { name: '' },
    { name: 'x'.repeat(65) },
    { value: 'a\\' },
    { value: 'a\0b' },
    { value: [1] },
    { value: {} },
  ] as Filling[])('what could end its quotes, or has none, is refused: %j', (filling) => {
    for (const dialect of ['mysql', 'postgres'] as const)
      expect(() => filled(filling, dialect)).toThrow(/^(a name|a value) for the statement/);
  });
});

describe('the input of a query step', () => {
  const write = { effects: 'write', sql: 'SET GLOBAL x = {{v}}', literals: { v: 1 } };
  const faults = (more: object) =>
    queryInput
      .safeParse({ ...write, ...more })
      .error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [];

  test('takes what is declared and used', () => expect(faults({})).toEqual([]));

  test.each([
    [{ sql: 'SELECT {{w}}, {{v}}' }, ['sql', '{{w}} has no value: give it under `names` or `literals`']],
    [{ names: { v: 'a' } }, ['literals.v', '"v" stands under `names` too']],
    [{ names: { w: 'a' } }, ['names.w', 'No statement has {{w}}']],
    [{ probe: 'SELECT {{w}}' }, ['probe', '{{w}} has no value: give it under `names` or `literals`']],
    [
      { sql: 'SET GLOBAL x = {{before.x}} + {{v}}', before: { sql: 'SELECT 1 AS x' } },
      ['sql', '{{before.x}} stands for a value in `undo.sql`, of the row that `before` reads'],
    ],
    [
      { undo: { sql: 'SET GLOBAL x = {{before.x}}' } },
      ['undo.sql', '{{before.x}} stands for a value in `undo.sql`, of the row that `before` reads'],
    ],
    [
      { effects: 'read', before: { sql: 'SELECT 1' } },
      ['effects', 'probe, before, undo and expect.affected belong to effects: write'],
    ],
  ])('%j', (more, fault) => expect(faults(more)).toContainEqual(fault));

  test('shows a secret by its name, and is read by the parser as it will be sent', () => {
    const given = queryInput.parse({
      sql: 'CREATE SUBSCRIPTION {{n}} CONNECTION {{c}} PUBLICATION p',
      names: { n: 'up' },
      literals: { c: { secret: ['password=', { name: 'replica' }] } },
      effects: 'write',
      undo: { sql: 'ALTER SUBSCRIPTION {{n}} OWNER TO {{before.who}}' },
      before: { sql: 'SELECT current_user AS who' },
    });
    expect(previewQuery(given)).toBe(
      'write: CREATE SUBSCRIPTION up CONNECTION password=[replica] PUBLICATION p',
    );
    expect(readTexts('postgres')(given).map(({ text }) => text)).toEqual([
      `CREATE SUBSCRIPTION "up" CONNECTION 'x' PUBLICATION p`,
      'SELECT current_user AS who',
      'ALTER SUBSCRIPTION "up" OWNER TO NULL',
    ]);
  });
});
