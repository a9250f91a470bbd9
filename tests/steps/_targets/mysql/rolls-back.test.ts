/** Writes of which a rollback leaves something: by their words, and as the step tells them. */
import { describe, expect, test } from 'vitest';
import { SqlError } from '../../../../steps/_kits/sql/client.ts';
import { commitsByItself, rollsBack } from '../../../../steps/_targets/mysql/rolls-back.ts';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { acts as thrown } from '../../../../steps/mysql-query/acts.ts';
import { mysqlQuery } from '../../../../steps/mysql-query/step.ts';
import { actContext } from '../../../support/act-context.ts';
import { useLab } from '../../../support/lab.ts';
import { mysqlConfig, openClient } from '../../../support/open-target.ts';
import { withOutcomes } from '../../../support/outcomes.ts';
import { useMysqlDatabase } from '../../../support/own-database.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

test.each([
  ['CREATE TABLE u (id INT)', 'CREATE TABLE'],
  ['/* why */ create or replace view v as select 1', 'CREATE OR REPLACE VIEW'],
  ['CREATE UNIQUE INDEX i ON t (a)', 'CREATE UNIQUE INDEX'],
  ['CREATE DEFINER = a@b PROCEDURE p() SELECT 1', 'CREATE'],
  ['-- why\nALTER USER a ACCOUNT LOCK', 'ALTER USER'],
  ['DROP SEQUENCE s', 'DROP SEQUENCE'],
  ['TRUNCATE t', 'TRUNCATE'],
  ['RENAME TABLE a TO b', 'RENAME TABLE'],
  ['ANALYZE LOCAL TABLE t', 'ANALYZE LOCAL TABLE'],
  ['GRANT SELECT ON a TO b', 'GRANT'],
  ['SET PASSWORD FOR a = 1', 'SET PASSWORD'],
  ['FLUSH TABLES', 'FLUSH'],
  ['STOP ALL SLAVES', 'STOP ALL SLAVES'],
  ['LOAD INDEX INTO CACHE t', 'LOAD INDEX INTO CACHE'],
])('commits by itself: %s', (sql, kind) => {
  expect(commitsByItself(sql)).toBe(kind);
  expect(rollsBack(sql)).toBe(false);
});

test.each([
  'INSERT INTO t VALUES (1)',
  'UPDATE t SET a = 1 -- CREATE TABLE',
  'CREATE TEMPORARY TABLE u (id INT)',
  'CREATE OR REPLACE TEMPORARY TABLE u (id INT)',
  'DROP TEMPORARY TABLE u',
  'ANALYZE UPDATE t SET a = 1',
  'SET GLOBAL read_only = 1',
  'RESET PERSIST',
  'CALL p()',
])('does not commit by itself, as far as its words tell: %s', (sql) => {
  expect(commitsByItself(sql)).toBeNull();
});

describe('mysql.query', () => {
  const begin = async () => {
    const db = await useMysqlDatabase(lab);
    await db.ask('CREATE TABLE t (id INT PRIMARY KEY)');
    await db.ask('CREATE TABLE plain (id INT PRIMARY KEY) ENGINE=MyISAM');
    const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
    const given = (sql: string, more: object = {}) =>
      mysqlQuery.input.parse({ sql, effects: 'write', ...more });
    return { db, client, ctx: actContext({ clients: { mysql: client } }), given };
  };

  test('the dry run says that it commits by itself, and what `expect` then cannot do', async () => {
    const { db, ctx, given } = await begin();
    const untried = 'connected; a statement of this kind cannot be tried without doing it';
    expect(await acts.check(ctx, given('ALTER TABLE t ADD COLUMN n INT'))).toEqual([
      { level: 'unchecked', what: `${untried}; ALTER TABLE commits by itself and is not rolled back` },
    ]);
    const wrong = given('CREATE TABLE u (id INT)', { expect: { affected: 7 } });
    expect(await acts.check(ctx, wrong)).toEqual([
      {
        level: 'unchecked',
        what: `${untried}; CREATE TABLE commits by itself and is not rolled back, also where \`expect\` fails`,
        remedy: 'Leave `expect` out, and look at the result by `verify`',
      },
    ]);
    expect(await acts.check(ctx, given('CALL p()'))).toEqual([
      { level: 'unchecked', what: `${untried}; a rollback may leave it done` },
    ]);
    // As it says: the table is there although the step has failed, and the outcome says so.
    expect(await acts.run(ctx, wrong, null)).toMatchObject({ done: false, effect: 'some' });
    expect(await db.ask('SELECT * FROM u')).toEqual([]);
  });

  test('one that fails half-way is not said to have changed nothing', async () => {
    const { db, ctx, given } = await begin();
    const outcome = await acts.run(ctx, given('DROP TABLE plain, gone'), null);
    expect(outcome).toMatchObject({ done: false, effect: 'unknown', short: /gone/ });
    const left = await db.ask(
      'SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
    );
    // MariaDB has dropped the first one; MySQL 8 drops all or none.
    expect([['t'], ['plain', 't']]).toContainEqual(left.map(({ t }) => t));
  });

  test('a COMMIT that the server refuses leaves what no rollback takes back', async () => {
    const { db, client, given } = await begin();
    const refusing = {
      ...client,
      open: async (...args: Parameters<typeof client.open>) => ({
        ...(await client.open(...args)),
        commit: () => Promise.reject(new SqlError('not now', 'ER_QUERY_INTERRUPTED', '70100')),
      }),
    };
    const ctx = actContext({ clients: { mysql: refusing } });
    const effectOf = async (sql: string) => {
      const outcome = await acts.run(ctx, given(sql), null);
      return outcome.done ? 'done' : outcome.effect;
    };
    expect(await effectOf('INSERT INTO t VALUES (1)')).toBe('none');
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
    expect(await effectOf('INSERT INTO plain VALUES (1)')).toBe('some');
    expect(await db.ask('SELECT * FROM plain')).toEqual([{ id: 1 }]);
    expect(await effectOf('CREATE TABLE v (id INT)')).toBe('some');
    expect(await db.ask('SELECT * FROM v')).toEqual([]);
  });

  test('a file that the server has written stays', async () => {
    expect(rollsBack("SELECT * FROM t INTO OUTFILE '/x'")).toBe(false);
    expect(rollsBack('SELECT id FROM t')).toBe(true);
  });
});
