import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TargetError } from '../../../engine/target.ts';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as thrown } from '../../../steps/mysql-query/acts.ts';
import { mysqlQuery } from '../../../steps/mysql-query/step.ts';
import { type ActWorld, actContext, withoutPatience } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { type MysqlProcess, mysqlProcesses } from '../../support/mysql-processes.ts';
import { mysqlConfig, openClient, openTarget } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

const begin = async (more: Partial<ActWorld> = {}) => {
  const db = await useMysqlDatabase(lab);
  await db.ask(
    'CREATE TABLE t (id INT PRIMARY KEY, big BIGINT, price DECIMAL(18,8), at DATETIME(3), seen TIMESTAMP(0) NULL, note TEXT, raw BLOB, ok TINYINT(1))',
  );
  const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
  const ctx = actContext({ clients: { mysql: client }, ...more });
  const run = (given: Record<string, unknown>) => acts.run(ctx, mysqlQuery.input.parse(given), null);
  return { db, client, ctx, run };
};

describe('a statement that a killed engine left at work', () => {
  test('is seen by the probe, ended on request and proven gone', async () => {
    const { ctx, run } = await begin();
    const given = { sql: 'INSERT INTO t (id) SELECT SLEEP(60)', effects: 'write', probe: 'SELECT 0' };
    const input = mysqlQuery.input.parse(given);
    const outcome = run(given);
    const impatient = withoutPatience(ctx);
    // Before its statement, the living run looks for an earlier session, and gives the lock back.
    await expect
      .poll(() => acts.probe(impatient, input, null), { timeout: 20_000, interval: 500 })
      .toEqual({
        state: 'unknown',
        why: expect.stringMatching(
          /^a session of this act still runs on the server: session \d+ is in a statement$/,
        ),
      });
    // Nothing may be done or undone beside any attempt of the act.
    expect(await acts.end?.({ ...ctx, attempt: 2 }, input)).toBe(true);
    expect(await outcome).toMatchObject({ done: false });
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'not-done' });
  });
});

describe('mysql.query', () => {
  test('gives values that survive JSON exactly', async () => {
    const { db, run } = await begin();
    await db.ask(
      "INSERT INTO t VALUES (1, 9007199254740993, 1.50000000, '2026-01-02 03:04:05.678', NULL, '🎯', x'00ff', 1), (2, 42, 0, NULL, NULL, NULL, NULL, 0)",
    );
    await db.ask("SET time_zone = '+00:00'");
    await db.ask("UPDATE t SET seen = '2026-01-02 03:04:05' WHERE id = 1");
    const expected = [
      {
        id: 1,
        big: '9007199254740993',
        price: '1.50000000',
        at: '2026-01-02T03:04:05.678',
        seen: '2026-01-02T03:04:05Z',
        note: '🎯',
        raw: 'AP8=',
        ok: 1,
      },
      { id: 2, big: 42, price: '0.00000000', at: null, seen: null, note: null, raw: null, ok: 0 },
    ];
    // The text protocol and, with parameters, the binary one.
    for (const given of [
      { sql: 'SELECT * FROM t ORDER BY id' },
      { sql: 'SELECT * FROM t WHERE id < ? ORDER BY id', params: [10] },
    ])
      expect(await run(given)).toEqual({
        done: true,
        output: { rows: expected, row_count: 2, affected_rows: 0 },
      });
  });

  test('counts every row but keeps only so many', async () => {
    const { run } = await begin();
    const sql =
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n';
    expect(await run({ sql, max_rows: 2, expect: { rows: 500, value: 1 } })).toMatchObject({
      done: true,
      output: { rows: [{ i: 1 }, { i: 2 }], row_count: 500 },
    });
  });

  test.each(['INSERT INTO t (id) VALUES (1)', 'DROP TABLE t', 'SET GLOBAL max_connect_errors = 4711'])(
    'what writes is not sent as a read, in a run or in a dry run: %s',
    async (sql) => {
      const { db, ctx, run } = await begin();
      const before = await db.ask('SELECT @@global.max_connect_errors AS n');
      expect(await run({ sql })).toMatchObject({ done: false, effect: 'none', retryable: false });
      const input = mysqlQuery.input.parse({ sql });
      expect(await acts.check(ctx, input)).toMatchObject([{ level: 'problem', remedy: /effects: write/ }]);
      expect(await db.ask('SELECT * FROM t')).toEqual([]);
      expect(await db.ask('SELECT @@global.max_connect_errors AS n')).toEqual(before);
    },
  );

  test('a session that reads is READ ONLY to the server as well', async () => {
    const { client, db } = await begin();
    const session = await client.open('read');
    await expect(session.query('INSERT INTO t (id) VALUES (1)', [], 0)).rejects.toThrow(/READ ONLY/);
    await session.close();
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
  });

  test('a function that may act is called in the run only, and the dry run says so', async () => {
    const { db, ctx, run } = await begin();
    await db.ask('CREATE FUNCTION own(a INT) RETURNS INT DETERMINISTIC RETURN a');
    for (const [sql, name] of [
      ["SELECT GET_LOCK('dry', 0) AS got", 'GET_LOCK'],
      ['SELECT own(1) AS got', 'own'],
    ] as const) {
      expect(await acts.check(ctx, mysqlQuery.input.parse({ sql }))).toEqual([
        { level: 'unchecked', what: `not sent in a dry run: ${name} may do more than read` },
      ]);
      expect(await run({ sql, expect: { value: 1 } })).toMatchObject({ done: true });
    }
  });

  test('a read that the parser does not know is carried out where its author vouches for it', async () => {
    const { ctx, run } = await begin();
    const sql = 'SELECT note, COUNT(*) AS n FROM t GROUP BY note WITH ROLLUP';
    expect(await run({ sql })).toMatchObject({ done: false, effect: 'none', remedy: /trust_read: true/ });
    expect(await run({ sql, trust_read: true })).toMatchObject({ done: true });
    expect(await acts.check(ctx, mysqlQuery.input.parse({ sql, trust_read: true }))).toMatchObject([
      { level: 'unchecked', what: /^not sent in a dry run/ },
    ]);
  });

  test('a procedure that commits does not get a writable transaction next', async () => {
    const { db, run } = await begin();
    await db.ask('CREATE PROCEDURE sneaky() BEGIN COMMIT; INSERT INTO t (id) VALUES (1); END');
    expect(await run({ sql: 'CALL sneaky()' })).toMatchObject({ done: false, effect: 'none' });
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
  });

  test('a write commits; one that changes another number of rows is rolled back', async () => {
    const { db, run } = await begin({ secrets: { note: 'from-a-secret' } });
    const params = [1, { secret: [{ name: 'note' }] }];
    const insert = { sql: 'INSERT INTO t (id, note) VALUES (?, ?)', params, effects: 'write' };
    expect(await run({ ...insert, expect: { affected: 1 } })).toMatchObject({
      done: true,
      output: { affected_rows: 1 },
    });
    expect(await db.ask('SELECT note FROM t')).toEqual([{ note: 'from-a-secret' }]);
    expect(await run({ sql: 'DELETE FROM t', effects: 'write', expect: { affected: 2 } })).toMatchObject({
      done: false,
      effect: 'none',
      short: 'expected 2 rows to change, 1 did; rolled back',
    });
    expect(await db.ask('SELECT id FROM t')).toEqual([{ id: 1 }]);
    expect(await run(insert)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: /Duplicate/,
    });
  });

  test('what the server cannot take back is not called undone', async () => {
    const { db, run } = await begin();
    await db.ask('CREATE TABLE plain (id INT) ENGINE=MyISAM');
    const insert = { sql: 'INSERT INTO plain VALUES (1)', effects: 'write', expect: { affected: 2 } };
    expect(await run(insert)).toMatchObject({ done: false, effect: 'some' });
    const ddl = { sql: 'CREATE TABLE u (id INT)', effects: 'write', expect: { affected: 7 } };
    expect(await run(ddl)).toMatchObject({ done: false, effect: 'some' });
  });

  test('two columns of one name are refused, not merged', async () => {
    const { run } = await begin();
    expect(await run({ sql: 'SELECT 1 AS a, 2 AS a' })).toMatchObject({
      done: false,
      short: /two columns are named "a"/,
    });
  });

  test('an abort ends the session by its id, and the server rolls back', async () => {
    const abort = new AbortController();
    const { db, run, client } = await begin({ signal: abort.signal });
    await db.ask('INSERT INTO t (id) VALUES (1)');
    const asleep = async () =>
      (await mysqlProcesses(db.ask)).filter(
        ({ statement, state }) => statement.includes(`/*mine ${db.name}*/`) && state === 'User sleep',
      );
    const outcome = run({
      sql: `UPDATE t SET note = 'x', ok = SLEEP(60) /*mine ${db.name}*/`,
      effects: 'write',
    });
    let sessions: readonly MysqlProcess[] = [];
    while (sessions.length === 0) sessions = await asleep();
    abort.abort('timeout');
    expect(await outcome).toEqual(expect.objectContaining({ done: false, effect: 'none', retryable: true }));
    expect(await outcome).not.toHaveProperty('living');
    expect(await client.lives(String(sessions[0]?.id))).toBe(false);
    expect(await db.ask('SELECT note FROM t')).toEqual([{ note: null }]);
  });

  test('the probe tells whether a write has happened', async () => {
    const { ctx, run } = await begin();
    const given = {
      sql: 'INSERT INTO t (id) VALUES (1)',
      effects: 'write',
      probe: 'SELECT COUNT(*) FROM t WHERE id = 1',
    };
    const input = mysqlQuery.input.parse(given);
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'not-done' });
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'simulated' }, { level: 'verified' }]);
    await run(given);
    expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'done' });
    expect(await acts.check(ctx, input)).toMatchObject([{}, { level: 'problem' }]);
    const blind = mysqlQuery.input.parse({ sql: given.sql, effects: 'write' });
    expect(await acts.probe(ctx, blind, null)).toMatchObject({ state: 'unknown' });
  });

  describe('the dry run', () => {
    const checking = async () => {
      const { db, ctx } = await begin();
      return { db, check: (given: object) => acts.check(ctx, mysqlQuery.input.parse(given)) };
    };

    test('what no other step can mend is a problem, with what to do', async () => {
      const { check } = await checking();
      const problem = (remedy: RegExp) => [{ level: 'problem', remedy: expect.stringMatching(remedy) }];
      const oneStatement = problem(/exactly one statement/);
      expect(await check({ sql: 'SELEC 1' })).toMatchObject(problem(/Check the syntax/));
      expect(await check({ sql: 'SELECT 1; SELECT 2' })).toMatchObject(oneStatement);
      expect(await check({ sql: 'UPDATE t SET', effects: 'write' })).toMatchObject(oneStatement);
      expect(await check({ sql: 'DELETE FROM t' })).toMatchObject(problem(/effects: write/));
      expect(await check({ sql: 'SELECT 1 AS a, 2 AS a' })).toMatchObject([{ level: 'problem' }]);
      const probe = { sql: 'DELETE FROM t', effects: 'write', probe: 'SELECT COUNT(* FROM t' };
      expect(await check(probe)).toMatchObject([{ level: 'simulated' }, ...problem(/Check the syntax/)]);
    });

    test.each([
      'START TRANSACTION',
      '/* why */ COMMIT',
      'LOCK TABLES t WRITE',
      "XA START 'x'",
      'SET autocommit = 0',
    ])('what cannot be one write in a transaction is a problem: %s', async (sql) => {
      const { check } = await checking();
      expect(await check({ sql, effects: 'write' })).toMatchObject([
        { level: 'problem', what: expect.stringContaining('cannot run in a transaction') },
      ]);
    });

    test('a right that the user lacks is a problem', async () => {
      const { user, password, database } = lab.mysql;
      const client = await openClient('mysql', mysql, { ...mysqlConfig(lab, database), user, password });
      const ctx = actContext({ clients: { mysql: client } });
      const input = mysqlQuery.input.parse({ sql: 'SELECT COUNT(*) FROM mysql.user' });
      expect(await acts.check(ctx, input)).toMatchObject([
        {
          level: 'problem',
          what: expect.stringContaining('denied'),
          remedy: expect.stringContaining('right'),
        },
      ]);
    });

    test('what is merely false now, or not there yet, is unchecked', async () => {
      const { check } = await checking();
      expect(await check({ sql: 'SELECT id FROM t', expect: { rows: 1 } })).toMatchObject([
        { level: 'unchecked', what: 'not true yet: expected 1 row, got 0', passing: true },
      ]);
      expect(await check({ sql: 'SELECT * FROM later' })).toMatchObject([
        { level: 'unchecked', passing: true },
      ]);
      const made = { sql: 'CREATE TABLE later (id INT)', effects: 'write', probe: 'SELECT 1 FROM later' };
      expect(await check(made)).toMatchObject([{ level: 'unchecked' }, { level: 'unchecked' }]);
    });

    test('says how many rows came, one of them too', async () => {
      const { check } = await checking();
      expect(await check({ sql: 'SELECT 1' })).toMatchObject([
        { level: 'verified', what: 'answers with 1 row' },
      ]);
      expect(await check({ sql: 'SELECT id FROM t' })).toMatchObject([{ what: 'answers with 0 rows' }]);
    });

    test('a server that is gone is a problem', async () => {
      const db = await useMysqlDatabase(lab);
      const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
      const gone = {
        ...client,
        open: () => Promise.reject(new TargetError('db', 'unreachable', 'gone', 'start it')),
      };
      const ctx = actContext({ clients: { mysql: gone } });
      await expect(acts.check(ctx, mysqlQuery.input.parse({ sql: 'SELECT 1' }))).rejects.toThrow(TargetError);
    });
  });

  test('a connection that dies during COMMIT leaves the outcome unknown', async () => {
    const db = await useMysqlDatabase(lab);
    await db.ask('CREATE TABLE t (id INT PRIMARY KEY)');
    // Between the engine and the server: drops the connection instead of passing COMMIT on.
    const proxy = createServer((near) => {
      const far = connect(lab.mysql.port, lab.mysql.host);
      far.pipe(near).on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.on('data', (chunk) => (chunk.includes('COMMIT') ? near.destroy() : far.write(chunk)));
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((up) => proxy.listen(0, '127.0.0.1', up));
    onTestFinished(() => new Promise((down) => proxy.close(() => down())));
    const { port } = proxy.address() as { port: number };
    const client = await openClient('mysql', mysql, { ...mysqlConfig(lab, db.name), port });
    const ctx = actContext({ clients: { mysql: client } });
    const run = (given: Record<string, unknown>) => acts.run(ctx, mysqlQuery.input.parse(given), null);
    expect(await run({ sql: 'INSERT INTO t VALUES (1)', effects: 'write' })).toMatchObject({
      done: false,
      effect: 'unknown',
    });
    // Without a COMMIT on its way nothing can have stayed.
    expect(await run({ sql: "SELECT 'COMMIT'" })).toMatchObject({ done: false, effect: 'none' });
  });
});

describe('the mysql target', () => {
  test('says who is wrong: password, database, host', async () => {
    const config = {
      ...mysqlConfig(lab, lab.mysql.database),
      user: lab.mysql.user,
      password: lab.mysql.password,
    };
    const refused = (more: Record<string, unknown>) =>
      openTarget(mysql, { ...config, ...more }).catch((error) => error);
    const wrong = await refused({ password: 'not-the-password' });
    expect(wrong).toMatchObject({ name: 'TargetError', code: 'auth', retry: false });
    expect(wrong.message).not.toContain('not-the-password');
    expect(await refused({ database: 'nowhere' })).toMatchObject({ retry: false });
    expect(await refused({ port: 1 })).toMatchObject({ code: 'unreachable', retry: true });
    expect(await refused({ tls: { mode: 'verify' } })).toMatchObject({ name: 'TargetError' });
  });

  test('reaches the server through a place, and says what it is', async () => {
    const target = await openTarget(mysql, mysqlConfig(lab, lab.mysql.database), localShell());
    expect(await target.check()).toMatchObject([
      { level: 'verified', what: expect.stringMatching(/: MySQL (\d+\.\d+\.\d+-MariaDB|[89]\.\d)/) },
    ]);
  });
});

test('a name, and an undo from what was there before', async () => {
  const { db, ctx } = await begin();
  await db.ask("INSERT INTO t (id, note) VALUES (1, 'it''s old')");
  const input = mysqlQuery.input.parse({
    sql: 'UPDATE {{table}} SET note = {{note}}',
    names: { table: 't' },
    literals: { note: 'new `one`' },
    effects: 'write',
    before: { sql: 'SELECT note FROM {{table}}' },
    undo: { sql: 'UPDATE {{table}} SET note = {{before.note}}' },
  });
  const before = mysqlQuery.before?.parse(await acts.prepare?.(ctx, input)) ?? null;
  expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
  expect(await db.ask('SELECT note FROM t')).toEqual([{ note: 'new `one`' }]);
  const undoing = { ...ctx, act: 's/undo/0' as const, idempotencyKey: `${ctx.runId}/s/undo/0` };
  expect(await acts.undo?.(undoing, input, before)).toMatchObject({ done: true });
  expect(await db.ask('SELECT note FROM t')).toEqual([{ note: "it's old" }]);
});
