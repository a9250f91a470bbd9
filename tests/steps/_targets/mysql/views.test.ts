/** What a read calls by the views that it names, and what a write calls to make a plan, on a real server. */
import { describe, expect, test } from 'vitest';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { acts } from '../../../../steps/mysql-query/acts.ts';
import { mysqlQuery } from '../../../../steps/mysql-query/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { useLab } from '../../../support/lab.ts';
import { mysqlConfig, openClient } from '../../../support/open-target.ts';
import { type OwnAccount, useMysqlAccount } from '../../../support/own-account.ts';
import { useMysqlDatabase } from '../../../support/own-database.ts';

const lab = await useLab();

const contextOf = async (name: string, by: Partial<OwnAccount> = {}) => {
  const { user, password } = { ...mysqlConfig(lab, name), ...by };
  const client = await openClient('mysql', mysql, { ...mysqlConfig(lab, name), user, password });
  return actContext({ clients: { mysql: client } });
};

const checkIn =
  (ctx: ReturnType<typeof actContext>) =>
  (sql: string, more: object = {}) =>
    acts.check(ctx, mysqlQuery.input.parse({ sql, ...more }));

/** `noted` keeps its rows whatever is rolled back, and `own` writes into it wherever a server calls it. */
const begin = async () => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE t (id INT PRIMARY KEY, at DATETIME, s VARCHAR(20)) CHARSET utf8mb4');
  await db.ask('CREATE TABLE noted (id INT) ENGINE=MyISAM');
  await db.ask(
    'CREATE FUNCTION own(a INT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO noted VALUES (a); RETURN a; END',
  );
  const ctx = await contextOf(db.name);
  return { db, ctx, check: checkIn(ctx) };
};

const unsent = (...names: string[]) => [
  { level: 'unchecked', what: `not sent in a dry run: ${names.join(', ')} may do more than read` },
];

describe('a read of a view', () => {
  test('is not made in a dry run where the view calls what may act, however deep', async () => {
    const { db, check } = await begin();
    await db.ask('CREATE VIEW calls AS SELECT own(id) AS x FROM t');
    await db.ask("CREATE VIEW locks AS SELECT GET_LOCK('dry', 0) AS l FROM t");
    await db.ask('CREATE VIEW outer_one AS SELECT c.x FROM calls c JOIN locks ON 1 = 1');
    const both = unsent(`own (in the view ${db.name}.calls)`, `get_lock (in the view ${db.name}.locks)`);
    const [told] = await check('SELECT * FROM outer_one');
    expect(told?.what).toContain(`own (in the view ${db.name}.calls)`);
    expect(told?.what).toContain(`get_lock (in the view ${db.name}.locks)`);
    expect(told?.level).toBe(both[0]?.level);
    expect(await check('SELECT id FROM t WHERE id IN (SELECT x FROM `calls`)')).toEqual(
      unsent('own (in the view calls)'),
    );
    expect(await check(`EXPLAIN SELECT * FROM ${db.name}.locks`)).toEqual(
      unsent(`get_lock (in the view ${db.name}.locks)`),
    );
    const probed = { effects: 'write', probe: 'SELECT x FROM calls' };
    expect(await check('DELETE FROM t WHERE id = 1', probed)).toMatchObject([
      { level: 'simulated' },
      { level: 'unchecked', what: /^the probe: not sent in a dry run: own/ },
    ]);
    expect(await db.ask('SELECT * FROM noted')).toEqual([]);
  });

  test('that only reads is made, whatever the words of its definition', async () => {
    const { db, check } = await begin();
    await db.ask(
      `CREATE VIEW plain AS SELECT CAST(id AS CHAR(3)) AS a, NOW() + INTERVAL 1 DAY AS b, id MOD 2 AS c,
       GROUP_CONCAT(DISTINCT s ORDER BY s SEPARATOR ';') AS d, CONVERT(s USING latin1) AS e, COUNT(*) AS n
       FROM t WHERE s REGEXP '^a' GROUP BY id, s`,
    );
    await db.ask('CREATE VIEW summed AS SELECT s, COUNT(*) AS n FROM t GROUP BY s WITH ROLLUP');
    await db.ask('CREATE VIEW over_it AS WITH q AS (SELECT n FROM plain) SELECT q.n FROM q');
    for (const name of ['plain', 'over_it', 'information_schema.VIEWS'])
      expect(await check(`SELECT COUNT(*) FROM ${name}`), name).toMatchObject([
        { level: 'verified', what: 'answers with 1 row' },
      ]);
    // MySQL writes a rollup with functions of its own, which nobody else can call.
    expect(await check('SELECT COUNT(*) FROM summed')).toMatchObject([{ level: 'verified' }]);
  });

  test('is not made where the account may not see what the view calls', async () => {
    const { db } = await begin();
    const other = await useMysqlDatabase(lab);
    await db.ask('CREATE VIEW inner_one AS SELECT own(id) AS x FROM t');
    await other.ask(`CREATE VIEW shown AS SELECT x FROM ${db.name}.inner_one`);
    const account = await useMysqlAccount(lab, [`SELECT, SHOW VIEW ON ${other.name}.*`]);
    const seen = checkIn(await contextOf(other.name, account));
    expect(await seen('SELECT * FROM shown')).toEqual(
      unsent(`${db.name}.inner_one (in the view shown, not shown to the target's user)`),
    );
    const blind = await useMysqlAccount(lab, [`SELECT ON ${other.name}.*`]);
    const unseen = checkIn(await contextOf(other.name, blind));
    expect(await unseen('SELECT * FROM shown')).toEqual(
      unsent("the view shown (the target's user may not SHOW VIEW)"),
    );
  });
});

test('a write that calls a function is prepared, since its plan would call the function', async () => {
  const { db, check } = await begin();
  const write = { effects: 'write' };
  const prepared = [{ level: 'simulated', what: 'the server accepts the statement (PREPARE)' }];
  // The server calls a function of constants for a plan: what it wrote stays.
  // One that keeps its GTIDs consistent refuses that (MySQL 9).
  const written = await db.ask('EXPLAIN DELETE FROM t WHERE id = own(7)').then(
    () => [{ id: 7 }],
    (error: unknown) => {
      if (!/GTID consistency/.test(String(error))) throw error;
      return [];
    },
  );
  const before = await db.ask('SELECT * FROM noted');
  expect(before).toEqual(written);
  expect(await check('DELETE FROM t WHERE id = own(1)', write)).toEqual(prepared);
  expect(await check('DELETE FROM t WHERE id = own(?)', { ...write, params: [1] })).toEqual(prepared);
  expect(await check('DELETE FROM t WHERE id = own(1) AND gone = 1', write)).toMatchObject([
    { level: 'problem', what: /gone/ },
  ]);
  expect(await check('DELETE FROM t WHERE id = 1', write)).toMatchObject([{ what: /EXPLAIN/ }]);
  expect(await db.ask('SELECT * FROM noted')).toEqual(before);
});
