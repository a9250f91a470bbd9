import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localShell } from '../../../steps/_targets/local/local-shell.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/postgres-query/acts.ts';
import { postgresQuery } from '../../../steps/postgres-query/step.ts';
import { type ActWorld, actContext, withoutPatience } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { openClient, openTarget, postgresConfig } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

const begin = async (more: Partial<ActWorld> = {}) => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE t (id int PRIMARY KEY, note text)');
  const client = await openClient('postgres', postgres, postgresConfig(lab, db.name));
  const ctx = actContext({ clients: { postgres: client }, ...more });
  const run = (given: Record<string, unknown>) => acts.run(ctx, postgresQuery.input.parse(given), null);
  return { db, client, ctx, run };
};

describe('a statement that a killed engine left at work', () => {
  test('is seen by the probe, ended on request and proven gone', async () => {
    const { ctx, run } = await begin();
    const given = {
      sql: "UPDATE t SET note = 'x' FROM pg_sleep(60)",
      effects: 'write',
      probe: 'SELECT false',
    };
    const input = postgresQuery.input.parse(given);
    const outcome = run(given);
    const impatient = withoutPatience(ctx);
    // Before its statement, the living run looks for an earlier session, and gives the lock back.
    await expect
      .poll(() => acts.probe(impatient, input, null), { timeout: 20_000, interval: 500 })
      .toEqual({
        state: 'unknown',
        why: expect.stringMatching(
          /^a session of this act still runs on the server: session [\d.@]+ is in a statement$/,
        ),
      });
    expect(await acts.end?.(ctx, input)).toBe(true);
    expect(await outcome).toMatchObject({ done: false });
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'not-done' });
  });
});

describe('postgres.query', () => {
  test('gives values that survive JSON exactly', async () => {
    const { run } = await begin();
    const sql = `SELECT 1::int AS i, 9007199254740993::int8 AS big, 42::int8 AS small, 1.50::numeric(18,8) AS price,
      'NaN'::float8 AS nan, true AS ok, NULL AS nothing, '\\x00ff'::bytea AS raw, '{"a":[1]}'::jsonb AS doc,
      '2026-01-02 03:04:05.678'::timestamp AS at, '2026-01-02 04:04:05+01'::timestamptz AS seen,
      '2026-01-02'::date AS day, ARRAY[1,2] AS list`;
    expect(await run({ sql })).toMatchObject({
      done: true,
      output: {
        rows: [
          {
            i: 1,
            big: '9007199254740993',
            small: 42,
            price: '1.50000000',
            nan: 'NaN',
            ok: true,
            nothing: null,
            raw: 'AP8=',
            doc: { a: [1] },
            at: '2026-01-02T03:04:05.678',
            seen: '2026-01-02T03:04:05Z',
            day: '2026-01-02',
            list: '{1,2}',
          },
        ],
        row_count: 1,
        affected_rows: 0,
      },
    });
  });

  test('counts every row but keeps only so many', async () => {
    const { run } = await begin();
    const given = { sql: 'SELECT generate_series(1, $1::int) AS i', params: [500], max_rows: 2 };
    expect(await run({ ...given, expect: { rows: 500, value: 1 } })).toMatchObject({
      done: true,
      output: { rows: [{ i: 1 }, { i: 2 }], row_count: 500 },
    });
  });

  test.each(['INSERT INTO t VALUES (1)', 'CREATE TABLE u (id int)', 'COMMIT; INSERT INTO t VALUES (1)'])(
    'what writes is not sent as a read, in a run or in a dry run: %s',
    async (sql) => {
      const { db, ctx, run } = await begin();
      expect(await run({ sql })).toMatchObject({ done: false, effect: 'none', retryable: false });
      expect(await acts.check(ctx, postgresQuery.input.parse({ sql }))).toMatchObject([{ level: 'problem' }]);
      expect(await db.ask('SELECT * FROM t')).toEqual([]);
    },
  );

  test('a session that reads is read-only to the server as well', async () => {
    const { client } = await begin();
    const session = await client.open('read');
    await expect(session.query('INSERT INTO t VALUES (1)', [], 0)).rejects.toThrow(/read-only/);
    await session.close();
  });

  test('a volatile function, or one that somebody made, is called in the run only', async () => {
    const { db, ctx, run } = await begin();
    await db.ask('CREATE FUNCTION own(a int) RETURNS int STABLE LANGUAGE sql AS $$ SELECT a $$');
    const check = (sql: string) => acts.check(ctx, postgresQuery.input.parse({ sql }));
    expect(await check("SELECT pg_advisory_lock(1), own(1), lower('A'), count(*), random()")).toEqual([
      { level: 'unchecked', what: expect.stringMatching(/^not sent in a dry run: .*may do more than read$/) },
    ]);
    const [told] = await check("SELECT pg_advisory_lock(1), own(1), lower('A'), count(*), random()");
    expect(told?.what).toMatch(/pg_advisory_lock/);
    expect(told?.what).toMatch(/own/);
    expect(told?.what).not.toMatch(/lower|count|random/);
    expect(await check("SELECT pg_catalog.lower('A'), now(), count(*) FROM t")).toMatchObject([
      { level: 'verified' },
    ]);
    expect(await run({ sql: 'SELECT own(1) AS one', expect: { value: 1 } })).toMatchObject({ done: true });
  });

  test('a write commits, DDL too; one that changes another number of rows is rolled back', async () => {
    const { db, run } = await begin({ secrets: { note: 'from-a-secret' } });
    const insert = {
      sql: 'INSERT INTO t VALUES ($1, $2) RETURNING id',
      params: [1, { secret: [{ name: 'note' }] }],
      effects: 'write',
    };
    expect(await run({ ...insert, expect: { affected: 1, value: 1 } })).toMatchObject({
      done: true,
      output: { rows: [{ id: 1 }], affected_rows: 1 },
    });
    expect(await db.ask('SELECT * FROM t')).toEqual([{ id: 1, note: 'from-a-secret' }]);
    expect(await run({ sql: 'CREATE TABLE u (id int)', effects: 'write' })).toMatchObject({ done: true });
    expect(await run({ sql: 'DROP TABLE u', effects: 'write', expect: { affected: 5 } })).toMatchObject({
      effect: 'none',
    });
    expect(await db.ask('SELECT * FROM u')).toEqual([]);
    expect(await run(insert)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: /duplicate key/,
    });
  });

  test('a constraint that only COMMIT checks is a refusal, not an unknown outcome', async () => {
    const { db, run } = await begin();
    await db.ask('CREATE TABLE c (id int REFERENCES t DEFERRABLE INITIALLY DEFERRED)');
    expect(await run({ sql: 'INSERT INTO c VALUES (7)', effects: 'write' })).toMatchObject({
      done: false,
      effect: 'none',
      short: /foreign key/,
    });
  });

  test('two columns of one name are refused, not merged', async () => {
    const { run } = await begin();
    expect(await run({ sql: 'SELECT 1 AS a, 2 AS a' })).toMatchObject({
      done: false,
      short: /two columns are named "a"/,
    });
  });

  test('an abort ends the session, and the server rolls back', async () => {
    const abort = new AbortController();
    const { db, run } = await begin({ signal: abort.signal });
    await db.ask('INSERT INTO t VALUES (1)');
    const outcome = run({ sql: "UPDATE t SET note = 'x' FROM pg_sleep(60)", effects: 'write' });
    const asleep =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    while ((await db.ask(asleep)).length === 0);
    abort.abort('timeout');
    expect(await outcome).toMatchObject({ done: false, effect: 'none', retryable: true });
    expect(await outcome).not.toHaveProperty('living');
    expect(await db.ask(asleep)).toEqual([]);
    expect(await db.ask('SELECT note FROM t')).toEqual([{ note: null }]);
  });

  test('the probe tells whether a write has happened, and the dry run asks the server without writing', async () => {
    const { db, ctx, run } = await begin();
    const given = { sql: 'INSERT INTO t VALUES (1)', effects: 'write', probe: 'SELECT count(*) = 1 FROM t' };
    const input = postgresQuery.input.parse(given);
    expect(await acts.probe(ctx, input, null)).toEqual({ state: 'not-done' });
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'simulated' }, { level: 'verified' }]);
    const wrong = postgresQuery.input.parse({ sql: 'INSERT INTO gone VALUES (1)', effects: 'write' });
    expect(await acts.check(ctx, wrong)).toMatchObject([{ level: 'problem', what: /gone/, passing: true }]);
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
    await run(given);
    expect(await acts.probe(ctx, input, null)).toMatchObject({ state: 'done' });
  });

  test('the dry run tells what the server refuses for good from what may hold by then', async () => {
    const { ctx } = await begin();
    const check = (given: object) => acts.check(ctx, postgresQuery.input.parse(given));
    const problem = (remedy: RegExp) => [{ level: 'problem', remedy: expect.stringMatching(remedy) }];
    expect(await check({ sql: 'SELEC 1' })).toMatchObject(problem(/Check the syntax/));
    expect(await check({ sql: 'SELECT 1; SELECT 2' })).toMatchObject(problem(/exactly one statement/));
    expect(await check({ sql: 'DELETE FROM t' })).toMatchObject(problem(/effects: write/));
    expect(await check({ sql: 'DELETE FROM t WHERE', effects: 'write' })).toMatchObject(
      problem(/one statement/),
    );
    expect(await check({ sql: 'SELECT * FROM later' })).toMatchObject([
      { level: 'unchecked', what: /later/ },
    ]);
    expect(await check({ sql: 'SELECT count(*) FROM t', expect: { value: 1 } })).toMatchObject([
      { level: 'unchecked' },
    ]);
    const { user, password, database } = lab.postgres;
    const app = await openClient('postgres', postgres, { ...postgresConfig(lab, database), user, password });
    const asApp = actContext({ clients: { postgres: app } });
    const input = postgresQuery.input.parse({ sql: 'SELECT rolname FROM pg_authid' });
    expect(await acts.check(asApp, input)).toMatchObject(problem(/right/));
  });

  test.each([
    'CREATE INDEX CONCURRENTLY i ON t (note)',
    'VACUUM t',
    'REINDEX TABLE CONCURRENTLY t',
    'COMMIT',
    '/* why */ END',
  ])(
    'what cannot run in a transaction is a problem of the dry run, as it fails in the run: %s',
    async (sql) => {
      const { ctx, run } = await begin();
      const given = { sql, effects: 'write' };
      expect(await acts.check(ctx, postgresQuery.input.parse(given))).toMatchObject([
        {
          level: 'problem',
          what: expect.stringContaining('cannot run in a transaction'),
          remedy: expect.stringContaining(/COMMIT|END/.test(sql) ? 'command' : 'transaction: false'),
        },
      ]);
      if (!/COMMIT|END/.test(sql)) expect(await run(given)).toMatchObject({ done: false, effect: 'none' });
      expect(
        await acts.check(
          ctx,
          postgresQuery.input.parse({ sql: 'CREATE INDEX i ON t (note)', effects: 'write' }),
        ),
      ).toMatchObject([{ level: 'unchecked' }]);
    },
  );

  test.each([
    ['CREATE INDEX CONCURRENTLY i ON t (note)', "SELECT count(*) = 1 FROM pg_indexes WHERE indexname = 'i'"],
    ['VACUUM t', undefined],
  ])('outside a transaction the server carries it out: %s', async (sql, probe) => {
    const { ctx, run } = await begin();
    const given = { sql, effects: 'write', transaction: false, ...(probe !== undefined && { probe }) };
    const [finding] = await acts.check(ctx, postgresQuery.input.parse(given));
    expect(finding).toMatchObject({
      level: 'unchecked',
      what: expect.stringContaining('nothing of it is rolled'),
    });
    expect(await run(given)).toMatchObject({ done: true });
    const input = postgresQuery.input.parse(given);
    expect(await acts.probe(ctx, input, null)).toMatchObject({
      state: probe === undefined ? 'unknown' : 'done',
    });
    // The lock went with the session.
    expect(await acts.run({ ...ctx, attempt: 2 }, input, null)).toMatchObject(
      probe === undefined
        ? { done: true }
        : { done: false, short: expect.stringContaining('already exists') },
    );
  });

  test('outside a transaction, what was begun and refused is unknown, and a slip has changed nothing', async () => {
    const { db, run } = await begin();
    await db.ask("INSERT INTO t VALUES (1, 'same'), (2, 'same')");
    const alone = { effects: 'write', transaction: false };
    // It leaves an index that is not valid.
    const unique = { ...alone, sql: 'CREATE UNIQUE INDEX CONCURRENTLY i ON t (note)' };
    expect(await run(unique)).toMatchObject({ done: false, effect: 'unknown' });
    expect(await run({ ...alone, sql: 'VACUUM no_such_table' })).toMatchObject({
      done: false,
      effect: 'none',
    });
  });

  test.each([
    [{ sql: 'SELECT 1', transaction: false }, 'a read'],
    [{ sql: 'VACUUM', effects: 'write', transaction: false, expect: { affected: 1 } }, 'an expectation'],
  ])('%s: %s needs a transaction', (given, _) => {
    expect(postgresQuery.input.safeParse(given).success).toBe(false);
  });

  test('a connection that dies during COMMIT leaves the outcome unknown', async () => {
    const db = await usePostgresDatabase(lab);
    await db.ask('CREATE TABLE t (id int)');
    const proxy = createServer((near) => {
      const far = connect(lab.postgres.port, lab.postgres.host);
      far.pipe(near).on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.on('data', (chunk) => (chunk.includes('COMMIT') ? near.destroy() : far.write(chunk)));
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((up) => proxy.listen(0, '127.0.0.1', up));
    onTestFinished(() => new Promise((down) => proxy.close(() => down())));
    const { port } = proxy.address() as { port: number };
    const client = await openClient('postgres', postgres, { ...postgresConfig(lab, db.name), port });
    const ctx = actContext({ clients: { postgres: client } });
    const input = postgresQuery.input.parse({ sql: 'INSERT INTO t VALUES (1)', effects: 'write' });
    expect(await acts.run(ctx, input, null)).toMatchObject({ done: false, effect: 'unknown' });
  });
});

describe('the postgres target', () => {
  test('says who is wrong: password, database, host', async () => {
    const config = postgresConfig(lab, lab.postgres.database);
    const refused = (more: Record<string, unknown>) =>
      openTarget(postgres, { ...config, ...more }).catch((error) => error);
    const wrong = await refused({ password: 'not-the-password' });
    expect(wrong).toMatchObject({ name: 'TargetError', code: 'auth', retry: false });
    expect(wrong.message).not.toContain('not-the-password');
    expect(await refused({ database: 'nowhere' })).toMatchObject({ code: 'config', retry: false });
    expect(await refused({ port: 1 })).toMatchObject({ code: 'unreachable', retry: true });
    expect(await refused({ tls: { mode: 'verify' } })).toMatchObject({ name: 'TargetError' });
  });

  test('reaches the server through a place, and says what it is', async () => {
    const target = await openTarget(postgres, postgresConfig(lab, lab.postgres.database), localShell());
    expect(await target.check()).toMatchObject([
      { level: 'verified', what: expect.stringContaining('Postgres 1') },
    ]);
  });

  test('takes no password from the environment', async () => {
    const { password, ...config } = postgresConfig(lab, lab.postgres.database);
    process.env.PGPASSWORD = password;
    onTestFinished(() => {
      delete process.env.PGPASSWORD;
    });
    await expect(openTarget(postgres, config)).rejects.toMatchObject({ name: 'TargetError' });
  });
});

describe('an undo from what was there before', () => {
  const given = {
    sql: 'UPDATE {{table}} SET note = $1 WHERE id = 1',
    params: ['new'],
    names: { table: 't' },
    effects: 'write',
    before: { sql: 'SELECT note, id FROM {{table}} WHERE id = $1', params: [1] },
    undo: { sql: 'UPDATE {{table}} SET note = {{before.note}} WHERE id = {{before.id}}' },
  };

  test.each([['it\'s "old"'], [null]])('restores %j, also twice', async (note) => {
    const { db, ctx } = await begin();
    await db.ask(`INSERT INTO t VALUES (1, ${note === null ? 'NULL' : "'it''s \"old\"'"})`);
    const input = postgresQuery.input.parse(given);
    const before = postgresQuery.before?.parse(await acts.prepare?.(ctx, input)) ?? null;
    expect(before).toEqual({ note, id: 1 });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    expect(await db.ask('SELECT note FROM t')).toEqual([{ note: 'new' }]);
    for (const attempt of [1, 2]) {
      const undoing = { ...ctx, act: 's/undo/0' as const, idempotencyKey: `${ctx.runId}/s/undo/0`, attempt };
      expect(await acts.undo?.(undoing, input, before)).toMatchObject({ done: true });
      expect(await db.ask('SELECT note FROM t')).toEqual([{ note }]);
    }
  });

  test('without a row before, the step changes nothing; the dry run tells it', async () => {
    const { ctx } = await begin();
    const input = postgresQuery.input.parse(given);
    await expect(acts.prepare?.(ctx, input)).rejects.toThrow(/^the read before: no row came back$/);
    expect(await acts.check(ctx, input)).toContainEqual(
      expect.objectContaining({
        level: 'unchecked',
        what: 'not true yet: the read before: no row came back',
      }),
    );
  });

  test('a secret in the row is not kept', async () => {
    const { db, ctx } = await begin({ secrets: { note: 'from-a-secret' } });
    await db.ask("INSERT INTO t VALUES (1, 'from-a-secret')");
    ctx.reveal({ secret: [{ name: 'note' }] });
    await expect(acts.prepare?.(ctx, postgresQuery.input.parse(given))).rejects.toThrow(
      /^the read before: its row holds a secret/,
    );
  });

  test('a name and a value where the server takes no parameter', async () => {
    const { db, run } = await begin();
    const sql = 'COMMENT ON TABLE {{table}} IS {{text}}';
    expect(
      await run({ sql, names: { table: 't' }, literals: { text: "who's there" }, effects: 'write' }),
    ).toMatchObject({ done: true });
    expect(await db.ask("SELECT obj_description('t'::regclass) AS told")).toEqual([{ told: "who's there" }]);
  });
});
