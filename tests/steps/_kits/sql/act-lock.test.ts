/** The lock that a writing session of an act holds, on real servers. */
import { describe, expect, test } from 'vitest';
import { lockOf, onceOver } from '../../../../steps/_kits/sql/act-lock.ts';
import { type SqlClient, SqlError } from '../../../../steps/_kits/sql/client.ts';
import { queryActs } from '../../../../steps/_kits/sql/query-acts.ts';
import { queryInput } from '../../../../steps/_kits/sql/query-input.ts';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { postgres } from '../../../../steps/_targets/postgres/target.ts';
import { actContext, withoutPatience } from '../../../support/act-context.ts';
import { useLab } from '../../../support/lab.ts';
import { mysqlConfig, openClient, postgresConfig } from '../../../support/open-target.ts';
import { withOutcomes } from '../../../support/outcomes.ts';
import { type OwnDatabase, useMysqlDatabase, usePostgresDatabase } from '../../../support/own-database.ts';

const lab = await useLab();

const onPostgres = async (): Promise<{ db: OwnDatabase; client: SqlClient }> => {
  const db = await usePostgresDatabase(lab);
  return { db, client: await openClient('postgres', postgres, postgresConfig(lab, db.name)) };
};

const onMariadb = async (): Promise<{ db: OwnDatabase; client: SqlClient }> => {
  const db = await useMysqlDatabase(lab);
  return { db, client: await openClient('mysql', mysql, mysqlConfig(lab, db.name)) };
};

const insert = "INSERT INTO marks VALUES ('tonight')";
const probe = 'SELECT COUNT(*) FROM marks';

const begin = async (use: typeof onPostgres) => {
  const { db, client } = await use();
  await db.ask('CREATE TABLE marks (mark VARCHAR(20))');
  const acts = withOutcomes(queryActs(async () => client));
  const control = new AbortController();
  const first = actContext({ clients: {}, signal: control.signal });
  const later = { ...first, attempt: 2 };
  const input = queryInput.parse({ sql: insert, effects: 'write', probe });
  /** What attempt 1 left at the server: it has inserted, and may yet commit. */
  const left = async () => {
    const session = await client.open('write', undefined, lockOf(first));
    await session.query(insert, [], 0);
    return session;
  };
  const marks = async () => Number((await db.ask('SELECT COUNT(*) AS n FROM marks'))[0]?.n);
  const waiting = () => expect.poll(first.logged).toContain('waiting for an earlier session of this act');
  return { db, client, acts, control, first, later, input, left, marks, waiting };
};

describe.each([
  ['Postgres', onPostgres],
  ['MariaDB', onMariadb],
] as const)('%s: while an earlier session of the act is at the server', (_, use) => {
  test('its probe says unknown, and names the session', async () => {
    const { client, acts, first, input, left, marks } = await begin(use);
    const session = await left();
    expect(await client.holders(lockOf(first))).toEqual([{ id: session.id, doing: 'nothing' }]);
    expect(await acts.probe(withoutPatience(first), input, null)).toEqual({
      state: 'unknown',
      why: `a session of this act still runs on the server: session ${session.id} is in an open transaction`,
    });
    await session.commit();
    await session.close();
    expect(await acts.probe(first, input, null)).toMatchObject({ state: 'done' });
    expect(await marks()).toBe(1);
  });

  test('another attempt waits; what the earlier one committed is not done again', async () => {
    const { acts, later, input, left, marks, waiting } = await begin(use);
    const session = await left();
    const outcome = acts.run(later, input, null);
    await waiting();
    await session.commit();
    await session.close();
    expect(await outcome).toMatchObject({ done: true, output: { affected_rows: null } });
    expect(await marks()).toBe(1);
  });

  test('another attempt waits; what the earlier one rolled back is done', async () => {
    const { acts, later, input, left, marks, waiting } = await begin(use);
    const session = await left();
    const outcome = acts.run(later, input, null);
    await waiting();
    await session.rollback();
    await session.close();
    expect(await outcome).toMatchObject({ done: true, output: { affected_rows: 1 } });
    expect(await marks()).toBe(1);
  });

  test('another attempt without a probe does nothing: nobody can tell whether it is needed', async () => {
    const { acts, later, left, marks, waiting } = await begin(use);
    const session = await left();
    const outcome = acts.run(later, queryInput.parse({ sql: insert, effects: 'write' }), null);
    await waiting();
    await session.commit();
    await session.close();
    expect(await outcome).toMatchObject({ done: false, effect: 'unknown' });
    expect(await outcome).not.toHaveProperty('living');
    expect(await marks()).toBe(1);
  });

  test('a probe that is no read is not sent, and answers nothing', async () => {
    const { acts, first, later, input, left, marks, waiting } = await begin(use);
    const set = use === onPostgres ? "SET application_name = 'probed'" : 'SET @probed = 1';
    const unread = queryInput.parse({ ...input, probe: set });
    const why = expect.stringContaining('the probe cannot tell, it was not sent');
    expect(await acts.probe(first, unread, null)).toEqual({ state: 'unknown', why });
    const session = await left();
    const again = acts.run(later, unread, null);
    await waiting();
    await session.commit();
    await session.close();
    expect(await again).toMatchObject({ done: false, effect: 'unknown', retryable: false, short: why });
    expect(await marks()).toBe(1);
  });

  test('an attempt whose time is up ends it, and leaves the answer to the probe', async () => {
    const { acts, control, first, later, input, left, marks, waiting } = await begin(use);
    const session = await left();
    const outcome = acts.run(later, input, null);
    await waiting();
    control.abort('timeout');
    expect(await outcome).toMatchObject({ done: false, effect: 'unknown' });
    expect(await outcome).not.toHaveProperty('living');
    await expect(session.commit()).rejects.toThrow();
    const resumed = { ...first, signal: new AbortController().signal };
    expect(await acts.probe(resumed, input, null)).toEqual({ state: 'not-done' });
    expect(await marks()).toBe(0);
  });

  test('an end for any attempt ends it; another act of the run is left alone', async () => {
    const { client, acts, first, later, input, left } = await begin(use);
    const session = await left();
    const other = { ...first, idempotencyKey: `${first.runId}/step/undo/0` };
    expect(await acts.end?.(other, input)).toBe(true);
    expect(await client.lives(session.id)).toBe(true);
    expect(await acts.end?.(later, input)).toBe(true);
    await expect(session.commit()).rejects.toThrow();
  });

  test('a session by another id than its own is not proven ended while its lock is held', async () => {
    const { client, control, first, input } = await begin(use);
    const open: SqlClient['open'] = async (mode, signal, lock) => {
      const session = await client.open(mode, signal, lock);
      const commit = async () => {
        control.abort('timeout');
        await new Promise<never>((_done, failed) => setTimeout(failed, 1_000, new Error('cut')));
      };
      return { ...session, id: '0', commit };
    };
    const spared = { ...client, open, kill: async () => undefined };
    const outcome = await withOutcomes(queryActs(async () => spared)).run(
      { ...first, killGraceMs: 300 },
      input,
      null,
    );
    expect(outcome).toMatchObject({ done: false, effect: 'unknown', living: true });
    for (const { id } of await client.holders(lockOf(first))) await client.kill(id);
  });

  test('where it cannot be ended, an end says so', async () => {
    const { client, first, input, left } = await begin(use);
    const session = await left();
    const stubborn = withOutcomes(queryActs(async () => ({ ...client, kill: async () => undefined })));
    expect(await stubborn.end?.(withoutPatience(first), input)).toBe(false);
    await session.rollback();
    await session.close();
    expect(await stubborn.end?.(first, input)).toBe(true);
  });
});

describe.each([
  ['Postgres', onPostgres],
  ['MariaDB', onMariadb],
] as const)('%s: a session that is over', (_, use) => {
  test('gives the lock back at once: the next attempt need not wait', async () => {
    const { acts, first, input, marks } = await begin(use);
    const picky = queryInput.parse({ sql: insert, effects: 'write', expect: { affected: 2 } });
    for (let attempt = 1; attempt <= 5; attempt++)
      expect(await acts.run({ ...first, attempt }, picky, null)).toMatchObject({ effect: 'none' });
    for (let look = 0; look < 5; look++)
      expect(await acts.probe(first, input, null)).toEqual({ state: 'not-done' });
    expect(await acts.run({ ...first, attempt: 6 }, input, null)).toMatchObject({ done: true });
    expect(first.logged()).toBe('');
    expect(await marks()).toBe(1);
  });

  test('a server that gives no lock: nothing is written, and the dry run says so', async () => {
    const { client, first, input, marks } = await begin(use);
    const refusal = new SqlError('no such function', '42883', '42883', null);
    const open: SqlClient['open'] = (mode, signal, lock) =>
      lock ? Promise.reject(refusal) : client.open(mode, signal);
    const acts = withOutcomes(queryActs(async () => ({ ...client, open })));
    expect(await acts.run(first, input, null)).toMatchObject({ done: false, effect: 'none' });
    expect(await marks()).toBe(0);
    await expect(acts.probe(first, input, null)).rejects.toThrow('no such function');
    expect(await acts.check(first, input)).toContainEqual({
      level: 'problem',
      what: expect.stringContaining('a COMMIT in progress could not be seen'),
      remedy: expect.stringContaining('proxy'),
    });
  });
});

test.each([
  [
    'Postgres',
    onPostgres,
    (name: string) => `ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`,
  ],
  ['MariaDB', onMariadb, () => 'DO 0'],
] as const)(
  '%s, at REPEATABLE READ: what is asked sees what the earlier session committed',
  async (_, use, set) => {
    const { db, client, first, left, waiting } = await begin(use);
    await db.ask(set(db.name));
    const session = await left();
    const answer = onceOver(client, first, async (asking) => (await asking.query(probe, [], 1)).rows[0]);
    await waiting();
    await session.commit();
    await session.close();
    const { over, value } = (await answer) as { over: true; value: Record<string, unknown> };
    expect({ over, marks: Object.values(value) }).toEqual({ over: true, marks: [1] });
  },
);
