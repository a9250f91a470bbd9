/** What goes wrong on the way: nothing is left at work on a server, and nothing is believed that was not compared. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as thrown } from '../../../steps/data-compare/acts.ts';
import { useLab } from '../../support/lab.ts';
import { openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { inputOf, outputOf, useBothSides } from './both-sides.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();

/** Two tables; comparing the second one takes as long as a statement of the servers may last. */
const useTables = async () => {
  const both = await useBothSides(lab);
  for (const { ask } of [both.old, both.fresh])
    for (const table of ['quick', 'slow']) {
      await ask(`CREATE TABLE ${table} (id INT PRIMARY KEY, v INT)`);
      await ask(`INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`);
    }
  const quick = { table: 'quick', key: ['id'] };
  const slow = (where: { target?: string; against?: string }) => ({ table: 'slow', key: ['id'], where });
  const atWork = async (): Promise<number> => {
    const marks = `runbook ${both.ctx.runId}`;
    const sessions = [both.clients.mysql.saying(marks), both.clients.postgres.saying(marks)];
    return (await Promise.all(sessions)).flat().length;
  };
  const whenAtWork = async (sessions: number) => {
    while ((await atWork()) < sessions) await sleep(20);
  };
  return { ...both, quick, slow, atWork, whenAtWork };
};

const onMysql = { target: 'SLEEP(20) = 0' };
const onPostgres = { against: 'pg_sleep(20) IS NOT NULL' };

describe('a session that ends in the middle', () => {
  test('on Postgres: the attempt fails, and MySQL is at nothing any more', async () => {
    const { run, slow, fresh, atWork, whenAtWork, ctx } = await useTables();
    const outcome = run({ tables: [slow({ ...onMysql, ...onPostgres })] });
    await whenAtWork(2);
    await fresh.ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%${ctx.runId}%'`,
    );
    expect(await outcome).toMatchObject({ done: false, effect: 'none', retryable: true });
    expect(await atWork()).toBe(0);
  });

  test('on MySQL: the attempt fails, and Postgres is at nothing any more', async () => {
    const { run, slow, clients, atWork, whenAtWork, ctx } = await useTables();
    const outcome = run({ tables: [slow({ ...onMysql, ...onPostgres })] });
    await whenAtWork(2);
    for (const id of await clients.mysql.saying(ctx.runId)) await clients.mysql.kill(id);
    expect(await outcome).toMatchObject({ done: false, effect: 'none', retryable: true });
    expect(await atWork()).toBe(0);
  });

  test('by a time limit: both sides are ended and proven gone', async () => {
    const stop = new AbortController();
    const { context, slow, clients } = await useTables();
    const ctx = context({ signal: stop.signal });
    const outcome = acts.run(ctx, inputOf({ tables: [slow({ ...onMysql, ...onPostgres })] }), null);
    const atWork = async () =>
      (await Promise.all([clients.mysql.saying(ctx.runId), clients.postgres.saying(ctx.runId)])).flat()
        .length;
    while ((await atWork()) < 2) await sleep(20);
    stop.abort('timeout');
    const ended = await outcome;
    expect(ended).toMatchObject({ done: false, effect: 'none' });
    expect(ended).not.toHaveProperty('living');
    expect(await atWork()).toBe(0);
  });
});

test('what a killed engine left at work is ended before anything is asked', async () => {
  const { run, ctx, slow, quick, whenAtWork, atWork } = await useTables();
  const left = run({ tables: [slow({ ...onMysql, ...onPostgres })] });
  await whenAtWork(2);
  const next = await acts.run({ ...ctx, attempt: 2 }, inputOf({ tables: [quick] }), null);
  expect(next).toMatchObject({ done: true });
  expect(await left).toMatchObject({ done: false });
  expect(await atWork()).toBe(0);
});

test('a resumed comparison begins anew: what was equal in another snapshot may have changed', async () => {
  const { old, ctx, slow, quick, whenAtWork, clients } = await useTables();
  const tables = [quick, slow(onMysql)];
  const input = inputOf({ tables, expect: 'any' });
  const cut = acts.run(ctx, input, null);
  await whenAtWork(1);
  for (const id of await clients.mysql.saying(ctx.runId)) await clients.mysql.kill(id);
  await cut;
  await old.ask('UPDATE quick SET v = 9 WHERE id = 1');
  await old.ask('DELETE FROM slow WHERE id > 0');
  const resumed = outputOf(await acts.run({ ...ctx, attempt: 2 }, input, null));
  expect(resumed.tables).toMatchObject({ quick: { rows: 3, differing: 1 }, slow: { rows: 0, extra: 3 } });
});

test('a login that is refused is not tried again, and says what to look at', async () => {
  const { old, clients, context, quick } = await useTables();
  const user = `u${old.name.slice(-6)}`;
  const { host, port } = lab.mysql;
  await old.ask(`DROP USER IF EXISTS ${user}@'127.0.0.1'`);
  await old.ask(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'one'`);
  await old.ask(`GRANT SELECT ON ${old.name}.* TO ${user}@'127.0.0.1'`);
  const config = { host, port, user, password: 'one', database: old.name };
  const own = await openClient('mysql', mysql, config);
  await old.ask(`ALTER USER ${user}@'127.0.0.1' IDENTIFIED BY 'two'`);
  const ctx = context({ clients: { ...clients, mysql: own } });
  expect(await acts.run(ctx, inputOf({ tables: [quick] }), null)).toMatchObject({
    done: false,
    effect: 'none',
    retryable: false,
    short: expect.stringContaining('Access denied'),
    remedy: 'Check the user, the password and the hosts the account may come from',
  });
  await old.ask(`DROP USER ${user}@'127.0.0.1'`);
});
