/** What a runbook declares, and what a dry run has to say of it. */
import { describe, expect, test } from 'vitest';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/data-compare/acts.ts';
import { dataCompare } from '../../../steps/data-compare/step.ts';
import { useLab } from '../../support/lab.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { inputOf, useBothSides } from './both-sides.ts';
import { useTrades } from './trades.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

const usePeople = async () => {
  const both = await useBothSides(lab);
  await both.old.ask(
    "CREATE TABLE people (id INT PRIMARY KEY, fullName TEXT, secret TEXT, kind SET('a','b'), place POINT, email VARCHAR(90), born DATE) CHARSET utf8mb4",
  );
  await both.fresh.ask(
    'CREATE TABLE people (id int PRIMARY KEY, name text, kind text, place point, email text, born timestamp, added timestamptz DEFAULT now())',
  );
  await both.old.ask(
    "INSERT INTO people VALUES (1, 'Ada', 's', 'a,b', NULL, 'ada@x', NULL), (2, 'Bob', 's', '', NULL, NULL, NULL)",
  );
  await both.fresh.ask(
    "INSERT INTO people (id, name, kind, email) VALUES (1, 'Ada', 'a,b', 'ada@x'), (3, 'Eve', '', NULL)",
  );
  return both;
};

const people = {
  table: 'people',
  key: ['id'],
  rename: { fullName: 'name' },
  ignore: { target: ['secret', 'place'], against: ['added', 'place'] },
  kinds: { born: 'datetime' },
};

describe('columns', () => {
  test('are all that both have: others are renamed, ignored or refused', async () => {
    const { found, check, run } = await usePeople();
    expect(await found({ tables: [people] })).toMatchObject({ mismatches: 2 });
    const where = { target: 'id = 1 -- the first', against: "name <> 'Eve'" };
    expect(await found({ tables: [{ ...people, where }] })).toMatchObject({ rows: 1, mismatches: 0 });
    const bare = { tables: [{ table: 'people', key: ['id'], tolerance: { nmae: '1' } }] };
    const refused = await run(bare);
    expect(refused).toMatchObject({ done: false, effect: 'none', short: expect.stringMatching(/^people: /) });
    expect((await check(bare)).map(({ level, what, remedy }) => `${level}: ${what}. ${remedy}`)).toEqual([
      'problem: people: Postgres has no column "fullName". Map it by `rename`, or list it in `ignore.target`',
      'problem: people: Postgres has no column "secret". Map it by `rename`, or list it in `ignore.target`',
      'problem: people: "place" is point in MySQL and point in Postgres, which have no common form. List it in `ignore` on both sides, and prove it another way',
      'problem: people: "born" is date in MySQL and timestamp without time zone in Postgres, which have no common form. Say what it is: `kinds: { born: datetime }`',
      'problem: people: only Postgres has "name", "added". Map it by `rename`, or list it in `ignore.against`',
      'problem: people: `tolerance` names "nmae", which is not compared. Correct the name',
    ]);
  });

  test('that are named are enough', async () => {
    const { found } = await usePeople();
    const where = { target: 'id = 1', against: 'id = 1' };
    const named = { table: 'people', key: ['id'], columns: ['email', 'kind'], where };
    expect(await found({ tables: [named] })).toMatchObject({ rows: 1, mismatches: 0 });
  });

  test('of a key are unique and never NULL', async () => {
    const { check } = await usePeople();
    const byMail = { ...people, key: ['email'] };
    expect((await check({ tables: [byMail] })).map(({ what }) => what)).toEqual([
      'people: the key "email" can be NULL in MySQL',
      'people: the key "email" can be NULL in Postgres',
    ]);
  });
});

test('that Postgres has in lower case need no list', async () => {
  const { old, fresh, found, check } = await useBothSides(lab);
  await old.ask('CREATE TABLE People (Id INT PRIMARY KEY, fullName TEXT, bornOn DATE) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE people (id int PRIMARY KEY, fullname text, bornon date)');
  for (const { ask, name } of [old, fresh])
    await ask(`INSERT INTO ${name === old.name ? 'People' : 'people'} VALUES (1, 'Ada', '1815-12-10')`);
  const given = { tables: [{ table: 'People', as: 'people', key: ['Id'], rename: 'lower' }] };
  expect(await check(given)).toMatchObject([{ level: 'verified' }]);
  expect(await found(given)).toMatchObject({ rows: 1, mismatches: 0 });
  await fresh.ask("UPDATE people SET fullname = 'Bob'");
  expect(await found(given)).toMatchObject({ first: [{ key: '1', column: 'fullName' }] });
});

describe('values that differ', () => {
  const useNumbers = async () => {
    const both = await useBothSides(lab);
    for (const { ask } of [both.old, both.fresh]) {
      await ask('CREATE TABLE t (id INT PRIMARY KEY, public INT, secret INT, word VARCHAR(30))');
      await ask("INSERT INTO t VALUES (1, 2, 3, 'x')");
    }
    await both.fresh.ask("UPDATE t SET public = 77001, secret = 77002, word = 'confidential'");
    const told = async (more: Record<string, unknown>): Promise<string> => {
      const before = both.ctx.logged().length;
      const outcome = await both.run({ tables: [{ table: 't', key: ['id'], ...more }] });
      return `${(outcome as { short: string }).short}\n${both.ctx.logged().slice(before)}${JSON.stringify(outcome)}`;
    };
    return { ...both, told };
  };

  test('are told by key and column alone', async () => {
    const { told } = await useNumbers();
    const text = await told({});
    expect(text).toContain('t id=1 public: different values (and 2 more columns)');
    expect(text).toContain('  word: text of 1 against 12 characters, apart from the 1st on');
    expect(text).not.toMatch(/77001|77002|confidential/);
  });

  test('are told where the runbook shows them', async () => {
    const { told, check } = await useNumbers();
    const one = await told({ show: ['public'] });
    expect(one).toContain('t id=1 public: 2 against 77001');
    expect(one).not.toMatch(/77002|confidential/);
    expect(await told({ show: true })).toMatch(/77001.*77002.*confidential/s);
    expect(await check({ tables: [{ table: 't', key: ['id'], show: ['pubic'] }] })).toMatchObject([
      { what: 't: `show` names "pubic", which is not compared' },
    ]);
  });

  test('are not in what a server says of a value that it refuses', async () => {
    const { run } = await useNumbers();
    const where = { against: 'word::int > 0' };
    const outcome = await run({ tables: [{ table: 't', key: ['id'], where }] });
    expect(outcome).toMatchObject({
      short: 'the server refused a value (22P02); its message would quote the value',
    });
    expect(outcome).not.toHaveProperty('cause');
  });
});

describe('a dry run', () => {
  test('says of what is not there yet that it could not look', async () => {
    const { check, given, table, old } = await useTrades(lab);
    await old.ask('CREATE TABLE later (id INT PRIMARY KEY)');
    const tables = [{ table: 'later', key: ['id'] }, table, { table: 'nowhere', key: ['id'] }];
    expect(await check({ ...given, id_map: { table: 'migration.ids' }, tables })).toEqual([
      { level: 'unchecked', what: 'later: the table later in Postgres is not there yet', passing: true },
      { level: 'unchecked', what: 'trades: the id map migration.ids is not there yet', passing: true },
      {
        level: 'problem',
        what: 'nowhere: MySQL has no table nowhere, or its user may not read it',
        remedy: 'Correct the name, or GRANT SELECT on it',
      },
    ]);
  });

  test('refuses an id map that could stand for two', async () => {
    const { check, given, fresh } = await useTrades(lab);
    await fresh.ask('ALTER TABLE migration.id_map DROP CONSTRAINT id_map_entity_new_id_key');
    expect(await check(given)).toEqual([
      {
        level: 'problem',
        what: 'trades: the id map migration.id_map is not unique by entity and new_id',
        remedy: 'Add a unique index on (entity, new_id)',
      },
    ]);
  });

  test('and the night refuse what a policy or a missing right would hide', async () => {
    const { fresh, clients, context, given } = await useTrades(lab);
    const role = `r${fresh.name.slice(-6)}`;
    await fresh.ask(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    const { host, port } = lab.postgres;
    const config = { host, port, user: role, password: 'x', database: fresh.name };
    const own = await openClient('postgres', postgres, config);
    const ctx = context({ clients: { ...clients, postgres: own } });
    const [denied] = await acts.check(ctx, inputOf(given));
    expect(denied).toMatchObject({ level: 'problem', what: expect.stringContaining('permission denied') });
    await fresh.ask(
      `GRANT USAGE ON SCHEMA migration TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA public, migration TO ${role}; ALTER TABLE trades ENABLE ROW LEVEL SECURITY`,
    );
    const [hidden] = await acts.check(ctx, inputOf(given));
    expect(hidden).toMatchObject({ level: 'problem', what: expect.stringContaining('row-level security') });
    expect(await acts.run(ctx, inputOf(given), null)).toMatchObject({
      done: false,
      short: expect.stringContaining('row-level security'),
    });
    await fresh.ask(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});

test('differences are told up to a number, and all are counted', async () => {
  const { found, given, fresh } = await useTrades(lab);
  await fresh.ask('UPDATE trades SET rating = 99');
  const output = await found({ ...given, max_differences: 3 });
  expect(output).toMatchObject({ mismatches: 500, tables: { trades: { differing: 500 } } });
  expect(output.first).toHaveLength(3);
});

test('an input that means nothing is refused', () => {
  const table = { table: 't', key: ['id'] };
  for (const wrong of [
    { tables: [] },
    { tables: [{ ...table, ids: { id: 'users' } }] },
    { tables: [table, table] },
    { tables: [{ ...table, tolerance: { v: 'much' } }] },
    { tables: [{ ...table, kinds: { v: 'money' } }] },
    { tables: [{ ...table, as: 'a.b.c' }] },
    { tables: [{ ...table, zero_date: 0 }] },
  ])
    expect(dataCompare.input.safeParse({ against: 'fresh', ...wrong }).success, JSON.stringify(wrong)).toBe(
      false,
    );
});

test('what a compared view or a condition calls is told, and not called in a dry run', async () => {
  const { old, fresh, check, found } = await useBothSides(lab);
  await old.ask('CREATE TABLE t (id INT PRIMARY KEY, n INT)');
  await old.ask('CREATE FUNCTION own(a INT) RETURNS INT DETERMINISTIC NO SQL RETURN a');
  await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, n int)');
  await fresh.ask('CREATE FUNCTION own(a int) RETURNS int STABLE LANGUAGE sql AS $$ SELECT a $$');
  await fresh.ask('CREATE VIEW seen AS SELECT pg_try_advisory_lock(1) AS got FROM t');
  const tables = (more: object) => ({ tables: [{ table: 't', key: ['id'], ...more }] });
  expect(await check(tables({}))).toMatchObject([{ level: 'verified' }]);
  const where = { target: 'n = own(1)', against: 'n = own(1) OR EXISTS (SELECT FROM seen)' };
  expect(await check(tables({ where }))).toEqual([
    { level: 'verified', what: expect.stringMatching(/^t, about/) },
    {
      level: 'unchecked',
      what: 't: not sent in a dry run: own in MySQL, own in Postgres, pg_try_advisory_lock (in the view seen) in Postgres may do more than read',
    },
  ]);
  expect(await found(tables({ where }))).toMatchObject({ mismatches: 0 });
});
