/** What two types are compared as: by themselves, and by each kind that is offered where they have no common form. */
import { expect, test } from 'vitest';
import {
  kindOf,
  kindsFor,
  mysqlFamily,
  mysqlTypes,
  postgresFamily,
  postgresTypes,
} from '../../../steps/data-compare/kinds.ts';
import { useLab } from '../../support/lab.ts';
import { useBothSides } from './both-sides.ts';

const lab = await useLab();

interface Sample {
  readonly mysql: string;
  readonly postgres: string;
  /** Declared; default: what the pair is by itself. */
  readonly kind?: string;
  /** SQL of each server. */
  readonly equal: readonly [mysql: string, postgres: string];
  /** Of Postgres, beside the same value of MySQL. */
  readonly others: readonly string[];
}

const text = { kind: 'text' };
const sample = (
  types: readonly [mysql: string, postgres: string],
  equal: Sample['equal'],
  others: readonly string[],
  more: { readonly kind?: string } = {},
): Sample => ({ mysql: types[0], postgres: types[1], equal, others, ...more });

const wkb = '0101000000000000000000f83f00000000000000c0';
const point = `ST_GeomFromWKB(x'${wkb}')`;

const byThemselves: readonly Sample[] = [
  sample(['TIME(3)', 'interval'], ["'-26:00:00.500'", "'-1 days -02:00:00.5'"], ["'26:00:00.5'", 'NULL']),
  sample(['TIME', 'interval'], ["'01:00:00'", "'01:00:00'"], ["'1 month 01:00:00'", "'25:00:00'"]),
  sample(['BIT(10)', 'bit(10)'], ["b'1000000011'", "B'1000000011'"], ["B'1000000010'", 'NULL']),
  sample(['BIT(10)', 'varbit'], ["b'1'", "B'0000000001'"], ["B'1'", "B''"]),
  sample(['BIT(10)', 'bytea'], ["b'1000000011'", "'\\x0203'"], ["'\\x03'", "'\\x0302'"]),
  sample(
    ["SET('b','a','c')", 'text[]'],
    ["'a,b'", "'{a,b}'"],
    ["'{a}'", "'{a,b,NULL}'", "'{{a,b}}'", `'{"a,b"}'`, "'{a,b,z}'"],
  ),
  sample(["SET('b','a','c')", 'text[]'], ["''", "'{}'"], ['NULL', `'{""}'`, "'{NULL}'"]),
  sample(["SET('b','a','c')", 'text'], ["'a,b'", "'b,a'"], ["'a,b'"]),
  sample(['POINT', 'bytea'], [point, `'\\x${wkb}'`], [`'\\x00000000${wkb}'`, 'NULL']),
  sample(['BLOB', 'text'], ["'é📈'", "'é📈'"], ["'é?'", "''"]),
  sample(['BLOB', 'text'], ["x'c3a9'", "'é'"], ["'Ã©'"]),
  sample(['TEXT', 'bytea'], ["'é'", "'\\xc3a9'"], ["'\\xe9'"]),
];

const offered: readonly Sample[] = [
  sample(['INT', 'float8'], ['3', "'3'"], ["'3.0000000000000004'"], { kind: 'double' }),
  sample(['BIGINT', 'float8'], ['9007199254740992', '9007199254740992'], ['9007199254740994'], {
    kind: 'double',
  }),
  sample(['DECIMAL(10,2)', 'float8'], ['0.10', "'0.1'"], ["'0.10000000000000002'", "'NaN'"], {
    kind: 'double',
  }),
  sample(['DOUBLE', 'int'], ['3', '3'], ['4'], { kind: 'double' }),
  sample(['DOUBLE', 'numeric'], ['0.1', '0.100'], ['0.1000000000000000055'], { kind: 'double' }),
  sample(['DATETIME(3)', 'date'], ["'2025-01-02'", "'2025-01-02'"], ["'2025-01-03'"], { kind: 'datetime' }),
  sample(['DATE', 'timestamptz'], ["'2025-01-02'", "'2025-01-02Z'"], ["'2025-01-02 00:00:01Z'"], {
    kind: 'datetime',
  }),
  sample(['INT', 'text'], ['1', "'1'"], ["'01'"], text),
  sample(['DECIMAL(10,2)', 'text'], ['1.5', "'1.50'"], ["'1.5'"], text),
  sample(['DATE', 'text'], ["'2025-01-02'", "'2025-01-02'"], ["'2025-01-2'"], text),
  sample(['VARCHAR(40)', 'int'], ["'1'", '1'], ['2'], text),
  sample(['VARCHAR(40)', 'numeric(10,2)'], ["'1.50'", '1.5'], ['1.51'], text),
  sample(['VARCHAR(40)', 'date'], ["'2025-01-02'", "'2025-01-02'"], ["'2025-01-03'"], text),
  sample(['VARCHAR(40)', 'boolean'], ["'true'", 'true'], ['false'], text),
  sample(['VARCHAR(40)', 'inet'], ["'10.0.0.1'", "'10.0.0.1'"], ["'10.0.0.0/24'"], text),
];

const base = (type: string): string => type.split('(')[0]!.toLowerCase();
const postgresNames: Readonly<Record<string, string>> = {
  int: 'int4',
  boolean: 'bool',
};

test('every kind that is offered has a sample', () => {
  const families = (types: readonly string[], of: (type: string) => string) => [...new Set(types.map(of))];
  const offers = families(mysqlTypes, mysqlFamily).flatMap((mysql) =>
    [...families(postgresTypes, (type) => postgresFamily(type, 'b')), 'array', 'other'].flatMap(
      (postgres) => {
        const pair = [
          { of: 'mysql', family: mysql },
          { of: 'postgres', family: postgres },
        ] as Parameters<typeof kindsFor>;
        return kindOf(...pair) === null
          ? kindsFor(...pair).map((kind) => `${mysql} ${postgres} ${kind}`)
          : [];
      },
    ),
  );
  const sampled = offered.map(({ mysql, postgres, kind }) => {
    const name = base(postgres);
    return `${mysqlFamily(base(mysql))} ${postgresFamily(postgresNames[name] ?? name, 'b')} ${kind}`;
  });
  expect([...new Set(sampled)].toSorted()).toEqual(offers.toSorted());
});

test('equal values are equal, and others are not', async () => {
  const { old, fresh, check, found } = await useBothSides(lab);
  await old.ask("SET time_zone = '+00:00', sql_mode = ''");
  await fresh.ask("SET TIME ZONE 'UTC'");
  const samples = [...byThemselves, ...offered];
  const columns = (side: 'mysql' | 'postgres') => samples.map((one, i) => `c${i} ${one[side]}`).join(', ');
  await old.ask(`CREATE TABLE t (id INT PRIMARY KEY, ${columns('mysql')}) CHARSET utf8mb4`);
  await fresh.ask(`CREATE TABLE t (id int PRIMARY KEY, ${columns('postgres')})`);
  const most = Math.max(...samples.map(({ others }) => others.length));
  const planted: string[] = [];
  for (let row = 0; row <= most; row++) {
    await old.ask(`INSERT INTO t VALUES (${row}, ${samples.map(({ equal }) => equal[0]).join(', ')})`);
    await fresh.ask(`INSERT INTO t VALUES (${row}, ${samples.map(({ equal }) => equal[1]).join(', ')})`);
  }
  const kinds = Object.fromEntries(samples.flatMap(({ kind }, i) => (kind ? [[`c${i}`, kind]] : [])));
  const given = { tables: [{ table: 't', key: ['id'], kinds }], max_differences: 1000 };
  expect(await check(given)).toMatchObject([{ level: 'verified' }]);
  expect(await found(given)).toMatchObject({ rows: most + 1, mismatches: 0 });
  // One after the other, since of a row only the first column that differs is named.
  for (const [i, { equal, others }] of samples.entries())
    for (const [n, other] of others.entries()) {
      await fresh.ask(`UPDATE t SET c${i} = ${other} WHERE id = ${n + 1}`);
      planted.push(`${n + 1} c${i}`);
      if (n + 1 < others.length) continue;
      const { first } = await found({
        ...given,
        tables: [
          {
            ...given.tables[0],
            columns: [`c${i}`],
            kinds: Object.fromEntries(Object.entries(kinds).filter(([name]) => name === `c${i}`)),
          },
        ],
      });
      expect(
        first.map(({ key, column }) => `${key} ${column}`).toSorted(),
        JSON.stringify(samples[i]),
      ).toEqual(planted.splice(0).toSorted());
      await fresh.ask(`UPDATE t SET c${i} = ${equal[1]}`);
    }
});

test.each([
  ['POINT', 'point', 'List it in `ignore` on both sides, and prove it another way'],
  ['DATETIME', 'bigint', 'List it in `ignore` on both sides, and prove it another way'],
  ['BIT(8)', 'text', 'List it in `ignore` on both sides, and prove it another way'],
  ["SET('a','')", 'text[]', 'List it in `ignore` on both sides, and prove it another way'],
  ['DATETIME', 'date', 'Say what it is: `kinds: { v: datetime }`'],
])('%s and %s: no remedy is offered that does not work', async (mysql, postgres, remedy) => {
  const { old, fresh, check } = await useBothSides(lab);
  await old.ask(`CREATE TABLE t (id INT PRIMARY KEY, v ${mysql})`);
  await fresh.ask(`CREATE TABLE t (id int PRIMARY KEY, v ${postgres})`);
  expect(await check({ tables: [{ table: 't', key: ['id'] }] })).toMatchObject([
    { level: 'problem', remedy },
  ]);
});
