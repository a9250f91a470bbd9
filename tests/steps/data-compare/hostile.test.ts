/** Servers, accounts and tables that would make unequal tables look equal, or equal ones unequal. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/data-compare/acts.ts';
import { mysqlConfig, openClient, postgresConfig } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { useMysqlAccount } from '../../support/own-account.ts';
import { useOwnMysqlServer } from '../../support/own-mysql-server.ts';
import { inputOf, outputOf, useBothSides } from './both-sides.ts';
import { sequence } from './sequence.ts';

const acts = withOutcomes(thrown);

const lab = await useOwnMysqlServer();
const isMariadb = lab.mysql.server === 'mariadb';

const table = (name: string, more: Record<string, unknown> = {}) => ({
  tables: [{ table: name, key: ['id'], ...more }],
});

/** A setting of the whole server for as long as the test lasts. */
const setGlobally = async (
  ask: (sql: string) => Promise<unknown>,
  name: string,
  to: string,
  back: string,
) => {
  await ask(`SET GLOBAL ${name} = ${to}`);
  onTestFinished(() => ask(`SET GLOBAL ${name} = ${back}`).then(() => undefined));
};

describe('a server that decides about the session', () => {
  test('by init_connect: an emoji is no question mark, and no row is cut off', async () => {
    const { old, fresh, clients, context } = await useBothSides(lab);
    const { user, password } = await useMysqlAccount(lab, [`SELECT ON ${old.name}.*`]);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) CHARSET utf8mb4');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, v text)');
    await old.ask("INSERT INTO t VALUES (1, '📈'), (2, 'x')");
    await fresh.ask("INSERT INTO t VALUES (1, '?'), (2, 'x')");
    const mine = (own: string, other: string) => `IF(CURRENT_USER() LIKE '${user}@%', ${own}, ${other})`;
    const charsets = ['client', 'connection', 'results'].map(
      (what) => `character_set_${what} = ${mine("'latin1'", `@@character_set_${what}`)}`,
    );
    const all = '18446744073709551615';
    const limit = `sql_select_limit = CAST(${mine('1', all)} AS UNSIGNED)`;
    await setGlobally(old.ask, 'init_connect', `"SET ${[...charsets, limit].join(', ')}"`, "''");
    const config = { ...mysqlConfig(lab, old.name), user, password };
    const ctx = context({ clients: { ...clients, mysql: await openClient('mysql', mysql, config) } });
    const given = inputOf({ ...table('t'), expect: 'any' });
    expect(outputOf(await acts.run(ctx, given, null))).toMatchObject({ rows: 2, mismatches: 1 });
    await fresh.ask("UPDATE t SET v = '📈' WHERE id = 1");
    expect(outputOf(await acts.run(ctx, given, null))).toMatchObject({ rows: 2, mismatches: 0 });
  });

  test('by sql_mode: a CHAR is not padded, and a quoted text is no column', async () => {
    const { old, fresh, clients, context } = await useBothSides(lab);
    const { user, password } = await useMysqlAccount(lab, [`SELECT ON ${old.name}.*`]);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, v CHAR(10), d DATE) CHARSET utf8mb4');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, v char(10), d timestamp)');
    for (const { ask } of [old, fresh]) await ask("INSERT INTO t VALUES (1, 'ab', '2025-01-01')");
    const hostile = "'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES,NO_ZERO_DATE'";
    const mode = `IF(CURRENT_USER() LIKE '${user}@%', ${hostile}, @@sql_mode)`;
    await setGlobally(old.ask, 'init_connect', `"SET sql_mode = ${mode}"`, "''");
    const config = { ...mysqlConfig(lab, old.name), user, password };
    const ctx = context({ clients: { ...clients, mysql: await openClient('mysql', mysql, config) } });
    const where = { target: 'v = "ab"', against: "v = 'ab'" };
    const given = inputOf(table('t', { kinds: { d: 'datetime' }, where }));
    expect(outputOf(await acts.run(ctx, given, null))).toMatchObject({ rows: 1, mismatches: 0 });
  });

  test('of Postgres: digits, letters and functions are those that we asked for', async () => {
    const { old, fresh, clients, context } = await useBothSides(lab);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), x DOUBLE, s TIME) CHARSET utf8mb4');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, v varchar(20), x float8, s interval)');
    await old.ask("INSERT INTO t VALUES (1, '📈', 0.30000000000000004, '26:00:00')");
    await fresh.ask("INSERT INTO t VALUES (1, '📈', 0.30000000000000004, '26:00:00')");
    const shadows = [
      "FUNCTION octet_length(varchar) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "FUNCTION concat(text, text, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
      "FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'",
      "FUNCTION md5(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
    ];
    for (const shadow of shadows) await fresh.ask(`CREATE ${shadow}`);
    for (const setting of [
      'search_path = public, pg_catalog',
      'extra_float_digits = -10',
      "client_encoding = 'LATIN1'",
      "IntervalStyle = 'iso_8601'",
      'standard_conforming_strings = off',
    ])
      await fresh.ask(`ALTER DATABASE ${fresh.name} SET ${setting}`);
    const own = await openClient('postgres', postgres, postgresConfig(lab, fresh.name));
    const ctx = context({ clients: { ...clients, postgres: own } });
    const given = inputOf({ ...table('t'), expect: 'any' });
    expect(outputOf(await acts.run(ctx, given, null)).mismatches).toBe(0);
    await fresh.ask('UPDATE t SET x = 0.3');
    expect(outputOf(await acts.run(ctx, given, null)).mismatches).toBe(1);
  });

  test.each(['LATIN1', 'SQL_ASCII', 'UTF8'])('of Postgres in %s and the C locale', async (encoding) => {
    const { old, fresh, clients, context } = await useBothSides(lab);
    const name = `${fresh.name}_c`;
    await fresh.ask(
      `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    );
    onTestFinished(() => fresh.ask(`DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined));
    const own = await openClient('postgres', postgres, postgresConfig(lab, name));
    const ask = async (sql: string) => {
      const session = await own.open('write');
      await session.query(sql, [], 0);
      await session.commit();
      await session.close();
    };
    const columns = 'v VARCHAR(50), email VARCHAR(50)';
    await old.ask(`CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, ${columns}, raw BLOB) CHARSET utf8mb4`);
    await ask(`CREATE TABLE t (id text PRIMARY KEY, ${columns}, raw text)`);
    await old.ask("INSERT INTO t VALUES ('é1', 'Zürich', 'Émile@X', 'ü'), ('b', NULL, NULL, NULL)");
    await ask("INSERT INTO t VALUES ('é1', 'Zürich', 'émile@x', 'ü'), ('b', NULL, NULL, NULL)");
    const ctx = context({ clients: { ...clients, postgres: own } });
    const given = inputOf({ ...table('t', { kinds: { email: 'caseless' } }), expect: 'any' });
    expect(outputOf(await acts.run(ctx, given, null))).toMatchObject({ rows: 2, mismatches: 0 });
    await ask("UPDATE t SET v = 'Zurich' WHERE v IS NOT NULL");
    expect(outputOf(await acts.run(ctx, given, null)).first).toEqual([
      { table: 't', key: 'é1', what: 'differing', column: 'v' },
    ]);
  });
});

test('a row that is longer than the server may make a text is a failure, not an equal row', async () => {
  const { old, fresh, clients, context } = await useBothSides(lab);
  await old.ask('CREATE TABLE t (id INT PRIMARY KEY, a LONGTEXT, b LONGTEXT) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, a text, b text)');
  await old.ask("INSERT INTO t VALUES (1, REPEAT('a', 2500000), 'b'), (2, 'x', 'y')");
  await old.ask("UPDATE t SET b = REPEAT('b', 2500000) WHERE id = 1");
  await fresh.ask("INSERT INTO t VALUES (1, 'lost', 'lost'), (2, 'x', 'y')");
  const [before] = await old.ask('SELECT @@GLOBAL.max_allowed_packet AS size');
  await setGlobally(old.ask, 'max_allowed_packet', '4194304', String(before?.size));
  const own = await openClient('mysql', mysql, mysqlConfig(lab, old.name));
  const ctx = context({ clients: { ...clients, mysql: own } });
  expect(await acts.run(ctx, inputOf({ ...table('t'), expect: 'any' }), null)).toMatchObject({
    done: false,
    short: expect.stringMatching(
      /^MySQL has no checksum of 1 row of t: .*max_allowed_packet \(4194304 bytes\)$/,
    ),
    remedy: expect.stringContaining('Raise max_allowed_packet'),
  });
});

describe('columns that the account may not see', () => {
  test('are a refusal, before and in the run, unless the columns are named', async () => {
    const { old, fresh, clients, context } = await useBothSides(lab);
    await old.ask('CREATE TABLE t (id INT PRIMARY KEY, a INT, secret INT)');
    await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, a int)');
    for (const { ask } of [old, fresh]) await ask('INSERT INTO t (id, a) VALUES (1, 1)');
    const { user, password } = await useMysqlAccount(lab, [`SELECT (id, a) ON ${old.name}.t`]);
    const config = { ...mysqlConfig(lab, old.name), user, password };
    const ctx = context({ clients: { ...clients, mysql: await openClient('mysql', mysql, config) } });
    const what = "t: MySQL shows the target's user only some columns of t: others may not be compared";
    const remedy = 'GRANT SELECT on the whole table, or name what is compared by `columns`';
    expect(await acts.check(ctx, inputOf(table('t')))).toEqual([{ level: 'problem', what, remedy }]);
    expect(await acts.run(ctx, inputOf(table('t')), null)).toMatchObject({
      done: false,
      short: what,
      remedy,
    });
    const named = inputOf(table('t', { columns: ['a'] }));
    expect(outputOf(await acts.run(ctx, named, null))).toMatchObject({ rows: 1, mismatches: 0 });
  });
});

test('columns may be named as anything in our own statements', async () => {
  const { old, fresh, found } = await useBothSides(lab);
  const names = ['bucket', 'n', 'hashes', 'h', 'zero_dates', 'twice', 't', 'm0', 'u', 'e'];
  const columns = (quote: string) => names.map((name) => `${quote}${name}${quote} VARCHAR(20)`).join(', ');
  await old.ask(`CREATE TABLE t (id INT PRIMARY KEY, ${columns('`')}) CHARSET utf8mb4`);
  await fresh.ask(`CREATE TABLE t (id int PRIMARY KEY, ${columns('"')})`);
  const values = names.map((_, i) => `'${i % 3}'`).join(', ');
  await old.ask(`INSERT INTO t SELECT seq, ${values} FROM ${sequence(500)}`);
  await fresh.ask(`INSERT INTO t SELECT n, ${values} FROM generate_series(1, 500) n`);
  await old.ask('ANALYZE TABLE t');
  await fresh.ask('ANALYZE t');
  const given = { ...table('t'), range: 100 };
  expect(await found(given)).toMatchObject({ rows: 500, mismatches: 0 });
  await fresh.ask("UPDATE t SET bucket = 'z' WHERE id = 77");
  expect(await found(given)).toMatchObject({ mismatches: 1, first: [{ key: '77', column: 'bucket' }] });
});

test('keys that are the same only as they are compared are no keys: their rows could change places', async () => {
  const { old, fresh, run } = await useBothSides(lab);
  await old.ask('CREATE TABLE t (id VARCHAR(20) COLLATE utf8mb4_bin PRIMARY KEY, v INT) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE t (id text PRIMARY KEY, v int)');
  await old.ask("INSERT INTO t VALUES ('A', 1), ('a', 2)");
  await fresh.ask("INSERT INTO t VALUES ('A', 2), ('a', 1)");
  expect(await run(table('t', { kinds: { id: 'caseless' } }))).toMatchObject({
    done: false,
    short: 't has keys in MySQL that differ, but not as they are compared',
  });
});

test('two rows that have become one are no equal rows', async () => {
  const { old, fresh, check } = await useBothSides(lab);
  await old.ask('CREATE TABLE t (id VARCHAR(20) PRIMARY KEY)');
  await fresh.ask(
    `CREATE TABLE id_map (entity text, old_id text, new_id uuid, UNIQUE (entity, new_id)); CREATE TABLE t (id uuid PRIMARY KEY)`,
  );
  const given = { id_map: { table: 'id_map' }, ...table('t', { ids: { id: 't' } }) };
  expect((await check(given)).map(({ what }) => what)).toEqual([
    't: the id map id_map is not unique by entity and old_id',
  ]);
});

test('an id without an old one is no old id of that name', async () => {
  const { old, fresh, found } = await useBothSides(lab);
  const stranger = '00000000-0000-4000-8000-000000000000';
  await old.ask('CREATE TABLE t (id INT PRIMARY KEY, owner VARCHAR(60)) CHARSET utf8mb4');
  await fresh.ask(`CREATE TABLE id_map (entity text, old_id text, new_id uuid, UNIQUE (entity, new_id), UNIQUE (entity, old_id));
    CREATE TABLE t (id int PRIMARY KEY, owner uuid)`);
  await old.ask(`INSERT INTO t VALUES (1, 'unmapped:${stranger}')`);
  await fresh.ask(`INSERT INTO t VALUES (1, '${stranger}')`);
  const given = { id_map: { table: 'id_map' }, ...table('t', { ids: { owner: 'users' } }) };
  expect(await found(given)).toMatchObject({ mismatches: 1, first: [{ column: 'owner' }] });
});

test('JSON that is larger than the sort buffer is compared', async () => {
  const { old, fresh, found } = await useBothSides(lab);
  await old.ask('CREATE TABLE t (id INT PRIMARY KEY, j JSON)');
  await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, j jsonb)');
  await old.ask(`INSERT INTO t SELECT seq, JSON_OBJECT('a', REPEAT('x', seq * 30000)) FROM ${sequence(20)}`);
  await fresh.ask(
    "INSERT INTO t SELECT n, jsonb_build_object('a', repeat('x', n * 30000)) FROM generate_series(1, 20) n",
  );
  expect(await found(table('t'))).toMatchObject({ rows: 20, mismatches: 0 });
  await fresh.ask(`UPDATE t SET j = '{"a":""}' WHERE id = 7`);
  expect(await found(table('t'))).toMatchObject({ mismatches: 1, first: [{ key: '7' }] });
});

test.runIf(isMariadb)('a system-versioned table is compared as it is now', async () => {
  const { old, fresh, found, clients, context } = await useBothSides(lab);
  await old.ask(`CREATE TABLE t (id INT PRIMARY KEY, v INT, since TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
    until TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since, until)) WITH SYSTEM VERSIONING`);
  await fresh.ask('CREATE TABLE t (id int PRIMARY KEY, v int)');
  for (const { ask } of [old, fresh]) {
    await ask('INSERT INTO t (id, v) VALUES (1, 1), (2, 2)');
    await ask('UPDATE t SET v = 9 WHERE id = 1');
  }
  const given = table('t', { ignore: { target: ['since', 'until'] } });
  expect(await found(given)).toMatchObject({ rows: 2, mismatches: 0 });
  await setGlobally(old.ask, 'system_versioning_asof', "'2001-01-01 00:00:00'", 'DEFAULT');
  const own = await openClient('mysql', mysql, mysqlConfig(lab, old.name));
  const outcome = await acts.run(context({ clients: { ...clients, mysql: own } }), inputOf(given), null);
  expect(outcome).toMatchObject({ done: true, output: { rows: 2, mismatches: 0 } });
});
