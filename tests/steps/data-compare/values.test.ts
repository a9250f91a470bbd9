/** What counts as the same value, and what does not. */
import { describe, expect, test } from 'vitest';
import { useLab } from '../../support/lab.ts';
import { useBothSides } from './both-sides.ts';
import { sequence } from './sequence.ts';

const lab = await useLab();

/** One row with one value of these types on each side, as SQL. */
const useValue = async (mysqlType: string, postgresType: string) => {
  const both = await useBothSides(lab);
  const { old, fresh } = both;
  await old.ask("SET time_zone = '+00:00', sql_mode = ''");
  await old.ask(`CREATE TABLE t (id INT PRIMARY KEY, v ${mysqlType}) CHARSET utf8mb4`);
  await fresh.ask(`SET TIME ZONE 'UTC'; CREATE TABLE t (id int PRIMARY KEY, v ${postgresType})`);
  const mismatches = async (
    mysql: string,
    postgres: string,
    more: Record<string, unknown> = {},
  ): Promise<number> => {
    await old.ask(`REPLACE INTO t VALUES (1, ${mysql})`);
    await fresh.ask(`DELETE FROM t; INSERT INTO t VALUES (1, ${postgres})`);
    const output = await both.found({ tables: [{ table: 't', key: ['id'], ...more }] });
    return output.mismatches;
  };
  return { ...both, mismatches };
};

describe('text', () => {
  test('is compared byte by byte, whatever its collation calls equal', async () => {
    const { mismatches } = await useValue('TEXT COLLATE utf8mb4_unicode_ci', 'text');
    for (const [a, b] of [
      ["''", 'NULL'],
      ['NULL', "''"],
      ["'a'", "'A'"],
      ["'a'", "'a '"],
      ["'e'", "'é'"],
      ["'é'", "U&'e\\0301'"],
      ["'a\\r\\nb'", "E'a\\nb'"],
      ["'📈'", "'?'"],
      ["CONCAT('a', CHAR(0), 'b')", "'ab'"],
    ] as const)
      expect(await mismatches(a, b), `${a} ${b}`).toBe(1);
    for (const [a, b] of [
      ['NULL', 'NULL'],
      ["''", "''"],
      ["' 📈\\t🧘‍♀️\\n '", "E' 📈\\t🧘‍♀️\\n '"],
      ["'\\\\'", "E'\\\\'"],
    ] as const)
      expect(await mismatches(a, b), `${a} ${b}`).toBe(0);
  });

  test('in two columns is not the same text in one', async () => {
    const { old, fresh, found } = await useBothSides(lab);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b TEXT) CHARSET utf8mb4');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, a text, b text)');
    await old.ask("INSERT INTO t VALUES (1, '1:x,', ''), (2, NULL, ''), (3, 'p', 'q'), (4, 'q', 'p')");
    await fresh.ask("INSERT INTO t VALUES (1, '', '1:x,'), (2, '', NULL), (3, 'q', 'p'), (4, 'p', 'q')");
    expect(await found({ tables: [{ table: 't', key: ['id'] }] })).toMatchObject({ mismatches: 4 });
  });
});

test('an empty uuid is not one that is NULL, and two of them in two columns are not one', async () => {
  const { mismatches, old, fresh, found } = await useValue('CHAR(36)', 'uuid');
  expect(await mismatches("''", 'NULL')).toBe(1);
  expect(await mismatches('NULL', 'NULL')).toBe(0);
  expect(
    await mismatches("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
  ).toBe(0);
  await old.ask('CREATE TABLE u (id INT PRIMARY KEY, a TEXT, b TEXT) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE u (id int PRIMARY KEY, a text, b text)');
  await old.ask("INSERT INTO u VALUES (1, 'x,', 'y')");
  await fresh.ask("INSERT INTO u VALUES (1, 'x', ',y')");
  const kinds = { a: 'uuid', b: 'uuid' };
  expect(await found({ tables: [{ table: 'u', key: ['id'], kinds }] })).toMatchObject({ mismatches: 1 });
});

describe('numbers', () => {
  test('are compared by value: zeros behind the point are nothing', async () => {
    const { mismatches } = await useValue('DECIMAL(18,8)', 'numeric');
    expect(await mismatches('0.1', '0.10')).toBe(0);
    expect(await mismatches('100', '100')).toBe(0);
    expect(await mismatches('-0.5', '-0.50000000000')).toBe(0);
    expect(await mismatches('0.1', '0.10000001')).toBe(1);
    expect(await mismatches('0.1', "'NaN'")).toBe(1);
  });

  test('within their tolerance are the same, to the last digit of it', async () => {
    const { mismatches } = await useValue('DECIMAL(18,8)', 'numeric');
    const tolerance = { tolerance: { v: '0.01' } };
    expect(await mismatches('1.10', '1.11', tolerance)).toBe(0);
    expect(await mismatches('1.10', '1.09', tolerance)).toBe(0);
    expect(await mismatches('1.10', '1.110000001', tolerance)).toBe(1);
    expect(await mismatches('-0.005', '0.005', tolerance)).toBe(0);
    expect(await mismatches('9007199254.74099301', '9007199254.74099302', { tolerance: { v: '0' } })).toBe(1);
    expect(await mismatches('1', 'NULL', tolerance)).toBe(1);
  });

  test('of two true values, only 1 is true', async () => {
    const { mismatches } = await useValue('TINYINT(1)', 'boolean');
    expect(await mismatches('1', 'true')).toBe(0);
    expect(await mismatches('0', 'false')).toBe(0);
    expect(await mismatches('2', 'true')).toBe(1);
    expect(await mismatches('NULL', 'false')).toBe(1);
  });

  test('of floating point are compared by every bit', async () => {
    const { mismatches } = await useValue('DOUBLE', 'float8');
    for (const x of ['1e300', '5e-324', '1e-7', '123456789012345680000', '0.30000000000000004', '-0e0'])
      expect(await mismatches(x, `'${x}'`), x).toBe(0);
    expect(await mismatches('0.3', '0.30000000000000004')).toBe(1);
    expect(await mismatches('0.3', '0.30000000000000004', { tolerance: { v: '0.000001' } })).toBe(0);
  });
});

describe('dates', () => {
  test('of MySQL are UTC, also in the hour that a clock skips', async () => {
    const { mismatches } = await useValue('DATETIME(3)', 'timestamptz');
    expect(await mismatches("'2025-03-30 02:30:00'", "'2025-03-30 02:30:00+00'")).toBe(0);
    expect(await mismatches("'2025-03-30 02:30:00'", "'2025-03-30 02:30:00 Europe/Paris'")).toBe(1);
    expect(await mismatches("'2025-10-26 02:30:00.5'", "'2025-10-26 04:30:00.500+02'")).toBe(0);
    expect(await mismatches("'2025-10-26 02:30:00.001'", "'2025-10-26 02:30:00.0010001'")).toBe(0);
    expect(await mismatches("'2025-10-26 02:30:00.001'", "'2025-10-26 02:30:00.001001'")).toBe(1);
    expect(await mismatches("'2025-10-26 02:30:00'", "'infinity'")).toBe(1);
  });

  test('within their tolerance are the same', async () => {
    const { mismatches } = await useValue('DATETIME(3)', 'timestamptz');
    const tolerance = { tolerance: { v: '1s' } };
    expect(await mismatches("'2024-12-31 23:59:59.500'", "'2025-01-01 00:00:00.500+00'", tolerance)).toBe(0);
    expect(await mismatches("'2024-12-31 23:59:59.500'", "'2025-01-01 00:00:00.501+00'", tolerance)).toBe(1);
    expect(await mismatches("'2024-12-31 23:59:59.500'", "'-infinity'", tolerance)).toBe(1);
  });

  test.each([
    ['DATETIME(3)', 'timestamptz', '0000-00-00 00:00:00', '2024-00-15 00:00:00'],
    ['DATETIME', 'timestamp', '0000-00-00 00:00:00', '2024-00-15 00:00:00'],
    ['DATE', 'date', '0000-00-00', '2024-00-15'],
  ])('that are zero (%s) are a difference, unless they are declared to mean NULL', async (...given) => {
    const [mysqlType, postgresType, zero, partly] = given;
    const { mismatches, found } = await useValue(mysqlType, postgresType);
    const declared = { zero_date: null };
    expect(await mismatches(`'${partly}'`, 'NULL', declared)).toBe(1);
    expect(await mismatches(`'${zero}'`, 'NULL')).toBe(1);
    expect(await mismatches(`'${zero}'`, 'NULL', declared)).toBe(0);
    const output = await found({ tables: [{ table: 't', key: ['id'], ...declared }] });
    expect(output.tables.t).toMatchObject({ rows: 1, zero_dates: 1 });
    expect(await mismatches(`'${zero}'`, "'2025-01-01'", declared)).toBe(1);
  });
});

describe('JSON', () => {
  test('is compared by what it means', async () => {
    const { mismatches } = await useValue('LONGTEXT', 'jsonb');
    const json = (text: string): [string, string] => [`'${text}'`, `'${text}'`];
    expect(await mismatches(...json('{"b": [1, 2.50, "📈"], "a": null}'))).toBe(0);
    expect(await mismatches('\'{"b":1.0,"a":1e2}\'', '\'{"a": 100, "b": 1}\'')).toBe(0);
    expect(await mismatches('\'{"a":9007199254740993}\'', '\'{"a":9007199254740992}\'')).toBe(1);
    expect(await mismatches('\'{"a":1}\'', '\'{"a":"1"}\'')).toBe(1);
    expect(await mismatches("'[1,2]'", "'[2,1]'")).toBe(1);
    expect(await mismatches("'null'", 'NULL')).toBe(1);
    expect(await mismatches("'no json'", "'{}'")).toBe(1);
    expect(await mismatches('NULL', 'NULL')).toBe(0);
  });

  test('does not hide what differs beside it, and its rows are counted', async () => {
    const { old, fresh, found } = await useBothSides(lab);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, j LONGTEXT, at DATETIME, n INT)');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, j jsonb, at timestamp, n int)');
    await old.ask("SET sql_mode = ''");
    await old.ask(
      `INSERT INTO t SELECT seq, '{"a": 1}', IF(seq = 1, '0000-00-00', NULL), seq FROM ${sequence(2500)}`,
    );
    await fresh.ask('INSERT INTO t SELECT n, \'{"a":1.0}\', NULL, n FROM generate_series(2, 2501) n');
    await fresh.ask('UPDATE t SET n = 0 WHERE id = 77');
    const output = await found({ tables: [{ table: 't', key: ['id'], zero_date: null }] });
    expect(output.tables.t).toMatchObject({ rows: 2500, differing: 1, missing: 1, extra: 1, zero_dates: 1 });
    expect(output.first).toContainEqual({ table: 't', key: '77', what: 'differing', column: 'n' });
  });
});

test('bytes are compared, and only their digest is shown', async () => {
  const { mismatches, run, ctx } = await useValue('BLOB', 'bytea');
  expect(await mismatches("x'00ff41'", "'\\x00ff41'")).toBe(0);
  expect(await mismatches("x''", 'NULL')).toBe(1);
  expect(await mismatches("x'00ff41'", "'\\x00ff42'")).toBe(1);
  await run({ tables: [{ table: 't', key: ['id'], show: ['v'] }] });
  expect(ctx.logged()).toMatch(/MySQL: {4}"3 bytes, SHA-256 [0-9a-f]{64}"/);
});
