/** Two servers of one kind, as after a major upgrade, and the pair turned round. */
import { expect, test } from 'vitest';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/data-compare/acts.ts';
import { actContext } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { mysqlConfig, openClient, postgresConfig } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { useMysqlDatabase, usePostgresDatabase } from '../../support/own-database.ts';
import { inputOf, outputOf } from './both-sides.ts';

const acts = withOutcomes(thrown);
const lab = await useLab();

const onPostgres = async () => {
  const db = await usePostgresDatabase(lab);
  return { db, client: await openClient('postgres', postgres, postgresConfig(lab, db.name)) };
};
const onMysql = async () => {
  const db = await useMysqlDatabase(lab);
  return { db, client: await openClient('mysql', mysql, mysqlConfig(lab, db.name)) };
};

const compare = async (here: Awaited<ReturnType<typeof onPostgres | typeof onMysql>>, there: typeof here) => {
  const key = here.client.dialect;
  const ctx = actContext({ clients: { [key]: here.client }, targets: { fresh: there.client } });
  const tables = [{ table: 't', key: ['id'], show: true }];
  const found = outputOf(await acts.run(ctx, inputOf({ tables, expect: 'any' }), null));
  return { found, log: ctx.logged() };
};

test('two Postgres: every type that both write alike', async () => {
  const [here, there] = [await onPostgres(), await onPostgres()];
  for (const { db } of [here, there]) {
    await db.ask("CREATE TYPE mood AS ENUM ('ok', 'bad')");
    await db.ask(`CREATE TABLE t (id uuid PRIMARY KEY, i int, n numeric, m numeric(10, 3), d float8, b boolean,
      at timestamp, seen timestamptz, day date, clock time, wait interval, note text, code char(5), raw bytea,
      bits bit(4), doc jsonb, list int[], ip inet, mood mood, range int4range)`);
    await db.ask(`INSERT INTO t SELECT gen.id, gen.n, 1.50, 2.5, 0.1, true, '2026-01-02 03:04:05.678',
      '2026-01-02 03:04:05+01', '2026-01-02', '01:02:03', '1 mon 2 days', 'it''s 📈', 'ab', '\\x00ff', '1010',
      '{"b": 1, "a": [1.0]}', '{1,NULL,3}', '10.0.0.1', 'ok', '[1,5)'
      FROM (SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid AS id, n FROM generate_series(1, 9) n) gen`);
  }
  expect((await compare(here, there)).found).toMatchObject({ rows: 9, mismatches: 0 });
  const changes = [
    'n = 1.51',
    "wait = '2 days 1 mon 1 hour'",
    "list = '{1,2,3}'",
    "bits = '1011'",
    "range = '[1,6)'",
    "ip = '10.0.0.2'",
    'b = NULL',
    `doc = '{"b": 2, "a": [1.0]}'`,
  ];
  for (const [i, change] of changes.entries())
    await there.db.ask(`UPDATE t SET ${change} WHERE i = ${i + 1}`);
  expect((await compare(here, there)).found).toMatchObject({ mismatches: changes.length });
});

test('two MySQL', async () => {
  const [here, there] = [await onMysql(), await onMysql()];
  for (const { db } of [here, there]) {
    await db.ask(`CREATE TABLE t (id INT PRIMARY KEY, price DECIMAL(18,8), at DATETIME(3), took TIME, flag TINYINT(1), bits BIT(4),
      kind ENUM('a','b'), tags SET('x','y'), raw VARBINARY(20), doc JSON, place POINT, big BIGINT UNSIGNED, y YEAR)`);
    await db.ask(`INSERT INTO t VALUES (1, 1.5, '2026-01-02 03:04:05.678', '25:00:00', 1, b'1010', 'a', 'x,y', X'00ff',
      '{"a":1}', POINT(1, 2), 18446744073709551615, 2026), (2, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL)`);
  }
  expect((await compare(here, there)).found).toMatchObject({ rows: 2, mismatches: 0 });
  await there.db.ask("UPDATE t SET tags = 'x' WHERE id = 1");
  await there.db.ask("UPDATE t SET took = '24:00:00' WHERE id = 2");
  expect((await compare(here, there)).found).toMatchObject({ mismatches: 2 });
});

test('from Postgres to MySQL, as on the way back', async () => {
  const [here, there] = [await onPostgres(), await onMysql()];
  await here.db.ask(
    'CREATE TABLE t (id int PRIMARY KEY, note text, at timestamptz, ok boolean, tags text[])',
  );
  await there.db.ask(
    "CREATE TABLE t (id INT PRIMARY KEY, note TEXT, at DATETIME, ok TINYINT(1), tags SET('x','y')) CHARSET utf8mb4",
  );
  await here.db.ask(
    "INSERT INTO t VALUES (1, 'é', '2026-01-02 03:04:05Z', true, '{y,x}'), (2, NULL, NULL, NULL, NULL)",
  );
  await there.db.ask(
    "INSERT INTO t VALUES (1, 'é', '2026-01-02 03:04:05', 1, 'x,y'), (2, NULL, NULL, NULL, NULL)",
  );
  expect((await compare(here, there)).found).toMatchObject({ rows: 2, mismatches: 0 });
  await there.db.ask("UPDATE t SET note = 'e' WHERE id = 1");
  const { found, log } = await compare(here, there);
  expect(found).toMatchObject({ mismatches: 1, first: [{ key: '1', column: 'note' }] });
  expect(log).toMatch(/Postgres: "é"\n\s+MySQL: {4}"e"/);
});
