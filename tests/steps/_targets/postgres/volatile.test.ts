/** What a read calls without naming it: by views, operators, casts and policies. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../../../steps/_targets/postgres/target.ts';
import { acts } from '../../../../steps/postgres-query/acts.ts';
import { postgresQuery } from '../../../../steps/postgres-query/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { useLab } from '../../../support/lab.ts';
import { openClient, postgresConfig } from '../../../support/open-target.ts';
import { usePostgresDatabase } from '../../../support/own-database.ts';

const lab = await useLab();

const begin = async () => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE t (id int)');
  await db.ask('INSERT INTO t VALUES (1)');
  await db.ask('CREATE SEQUENCE counted');
  await db.ask('CREATE FUNCTION own(a int) RETURNS int STABLE LANGUAGE sql AS $$ SELECT a $$');
  await db.ask(
    "CREATE FUNCTION acts(a int) RETURNS boolean LANGUAGE sql AS $$ SELECT nextval('counted') > 0 $$",
  );
  const client = await openClient('postgres', postgres, postgresConfig(lab, db.name));
  const ctx = actContext({ clients: { postgres: client } });
  const check = (sql: string, more: object = {}) =>
    acts.check(ctx, postgresQuery.input.parse({ sql, ...more }));
  return { db, check };
};

const unsent = (...names: string[]) => [
  { level: 'unchecked', what: `not sent in a dry run: ${names.join(', ')} may do more than read` },
];
const verified = [{ level: 'verified', what: expect.stringMatching(/^answers with/) }];

describe('a read of a view', () => {
  test('is not made in a dry run where the view calls what may act, however deep', async () => {
    const { db, check } = await begin();
    await db.ask('CREATE VIEW locks AS SELECT pg_try_advisory_lock(1) AS got, own(id) AS one FROM t');
    await db.ask('CREATE SCHEMA "an Other"');
    await db.ask(`CREATE VIEW "an Other"."Deep" AS SELECT nextval('counted') AS n,
      (SELECT count(*) FROM locks) AS m`);
    const inLocks = ['own (in the view locks)', 'pg_try_advisory_lock (in the view locks)'];
    expect(await check('SELECT * FROM locks')).toEqual(unsent(...inLocks));
    const deep = unsent('nextval (in the view "an Other"."Deep")', ...inLocks);
    expect(await check('SELECT * FROM "an Other"."Deep"')).toEqual(deep);
    expect(await check('EXPLAIN SELECT * FROM "an Other"."Deep"')).toEqual(deep);
    expect(await check('SELECT 1 WHERE EXISTS (SELECT FROM "an Other"."Deep")')).toEqual(deep);
    const write = { effects: 'write', probe: 'SELECT got FROM locks' };
    expect(await check('DELETE FROM t', write)).toMatchObject([
      { level: 'simulated' },
      { level: 'unchecked', what: /^the probe: not sent in a dry run: own/ },
    ]);
    expect(await db.ask('SELECT is_called FROM counted')).toEqual([{ is_called: false }]);
  });

  test('that only reads is made; what a materialized view called, it has called', async () => {
    const { db, check } = await begin();
    await db.ask(
      'CREATE VIEW plain AS SELECT id + 1 AS i, now(), random(), lower(id::text), count(*) OVER () FROM t',
    );
    await db.ask('CREATE VIEW over_it AS SELECT max(i) FROM plain');
    await db.ask("CREATE MATERIALIZED VIEW kept AS SELECT nextval('counted') AS n");
    for (const name of ['plain', 'over_it', 'public.plain', 'kept', 'pg_settings', 'pg_stat_activity'])
      expect(await check(`SELECT count(*) FROM ${name}`)).toMatchObject(verified);
    expect(await check('SELECT table_name FROM information_schema.columns LIMIT 1')).toMatchObject(verified);
  });

  test('of another schema than the one that is read says nothing', async () => {
    const { db, check } = await begin();
    await db.ask('CREATE SCHEMA aside');
    await db.ask('CREATE VIEW aside.t AS SELECT pg_try_advisory_lock(1) AS got');
    expect(await check('SELECT * FROM t')).toMatchObject(verified);
    expect(await check('SELECT * FROM aside.t')).toEqual(
      unsent('pg_try_advisory_lock (in the view aside.t)'),
    );
  });
});

test('a volatile function behind an operator, a cast or the check of a domain is told', async () => {
  const { db, check } = await begin();
  await db.ask('CREATE FUNCTION joined(a int, b int) RETURNS int LANGUAGE sql AS $$ SELECT a $$');
  await db.ask('CREATE OPERATOR #+# (FUNCTION = joined, LEFTARG = int, RIGHTARG = int)');
  await db.ask('CREATE DOMAIN checked AS int CHECK (acts(VALUE))');
  await db.ask('CREATE DOMAIN small AS int CHECK (VALUE < 10)');
  await db.ask('CREATE TYPE pair AS (a int, b int)');
  await db.ask('CREATE FUNCTION paired(a int) RETURNS pair LANGUAGE sql AS $$ SELECT (a, a)::pair $$');
  await db.ask('CREATE CAST (int AS pair) WITH FUNCTION paired(int)');
  await db.ask('CREATE VIEW added AS SELECT id #+# 1 AS i, id::checked AS c FROM t');
  expect(await check('SELECT id #+# 1 FROM t')).toEqual(unsent('joined (in the operator #+#)'));
  expect(await check('SELECT id::checked FROM t')).toEqual(unsent('acts (in a cast to checked)'));
  expect(await check('SELECT id::pair FROM t')).toEqual(unsent('paired (in a cast to pair)'));
  expect(await check('SELECT i FROM added')).toEqual(
    unsent('acts (in a cast to checked)', 'joined (in an operator of added)'),
  );
  expect(await check("SELECT id + 1 AS a, id::small AS b, '2026-01-01'::date AS c FROM t")).toMatchObject(
    verified,
  );
});

test('a policy counts for an account that it holds for, and for no other', async () => {
  const { db, check } = await begin();
  const [user, password] = [`reader_${db.name}`, 'pass'];
  await db.ask(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  onTestFinished(async () => {
    await db.ask(`DROP OWNED BY ${user}`);
    await db.ask(`DROP ROLE ${user}`);
  });
  await db.ask(`GRANT SELECT ON t TO ${user}`);
  await db.ask('ALTER TABLE t ENABLE ROW LEVEL SECURITY');
  await db.ask('CREATE POLICY reading ON t FOR SELECT USING (acts(id))');
  await db.ask('CREATE POLICY writing ON t FOR DELETE USING (acts(id))');
  await db.ask('CREATE TABLE mine (id int)');
  await db.ask(`ALTER TABLE mine OWNER TO ${user}`);
  await db.ask('ALTER TABLE mine ENABLE ROW LEVEL SECURITY');
  await db.ask('CREATE POLICY reading ON mine USING (acts(id))');
  await db.ask('CREATE VIEW of_owner AS SELECT id FROM t');
  await db.ask('CREATE VIEW of_reader WITH (security_invoker = true) AS SELECT id FROM t');
  await db.ask(`GRANT SELECT ON of_owner, of_reader TO ${user}`);
  const client = await openClient('postgres', postgres, { ...postgresConfig(lab, db.name), user, password });
  const ctx = actContext({ clients: { postgres: client } });
  const asApp = (sql: string) => acts.check(ctx, postgresQuery.input.parse({ sql }));
  const told = unsent('acts (in a policy of t)');
  expect(await asApp('SELECT id FROM t')).toEqual(told);
  expect(await asApp('SELECT id FROM of_reader')).toEqual(told);
  expect(await asApp('SELECT id FROM of_owner')).toMatchObject(verified);
  expect(await asApp('SELECT id FROM mine')).toMatchObject(verified);
  expect(await check('SELECT id FROM t')).toMatchObject(verified);
});
