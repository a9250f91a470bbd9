/** Sessions are found whatever the statements of others hold: on MySQL 9 an emoji in one hid all of them. */
import mysql2 from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { otherProcesses } from '../../../../steps/_targets/mysql/process-list.ts';
import { mysql } from '../../../../steps/_targets/mysql/target.ts';
import { useLab } from '../../../support/lab.ts';
import { mysqlProcesses } from '../../../support/mysql-processes.ts';
import { mysqlConfig, openClient } from '../../../support/open-target.ts';
import { useMysqlDatabase } from '../../../support/own-database.ts';

const lab = await useLab();
const lock = { sha256: '5e'.repeat(32), mark: 'runbook test' };

/** A session of another client that sleeps in its statement until the test ends. */
const useBusy = async (statement: string, values: (string | Buffer)[]) => {
  const db = await useMysqlDatabase(lab);
  const { host, port, adminUser: user, adminPassword: password } = lab.mysql;
  const busy = await mysql2.createConnection({ host, port, user, password, database: db.name });
  const id = String(busy.threadId);
  const ended = busy.execute(`/* mark of ${db.name} */ ${statement}`, values).catch(() => undefined);
  onTestFinished(async () => {
    await db.ask(`KILL ${id}`).catch(() => undefined);
    await ended;
    busy.destroy();
  });
  const sleeps = async () =>
    (await mysqlProcesses(db.ask)).some((it) => it.id === id && it.state === 'User sleep');
  await expect.poll(sleeps, { timeout: 10_000 }).toBe(true);
  return { id, name: db.name, client: await openClient('mysql', mysql, mysqlConfig(lab, db.name)) };
};

test.each([
  ['a character of four bytes', "SELECT SLEEP(60), '📈', ?", ['📈']],
  ['bytes that are no text', 'SELECT SLEEP(60), LENGTH(?)', [Buffer.from('00ff41', 'hex')]],
])('while a session executes a statement with %s', async (_what, statement, values) => {
  const { id, name, client } = await useBusy(statement, values);
  expect(await client.saying(`mark of ${name}`)).toEqual([id]);
  expect(await client.saying('mark of nothing')).toEqual([]);
  expect(await client.lives(id)).toBe(true);
  expect(await client.ownSessionsIn(name)).toContain(id);
  const holder = await client.open('write', undefined, lock);
  expect(await client.holders(lock)).toEqual([{ id: holder.id, doing: 'nothing' }]);
  await holder.rollback();
  await holder.close();
  await client.kill(id);
  await expect.poll(() => client.lives(id), { timeout: 10_000 }).toBe(false);
});

test('a session is not among the others; a list for its statements has them whole', async () => {
  const padding = 'x'.repeat(200);
  const { id, name, client } = await useBusy(`SELECT SLEEP(60), ?, '${padding}'`, ['end']);
  const session = await client.open('read');
  const whole = await otherProcesses(session, { wholeStatements: true });
  const short = await otherProcesses(session);
  await session.close();
  expect(whole.map((it) => it.id)).not.toContain(session.id);
  expect(whole.find((it) => it.id === id)).toMatchObject({
    user: lab.mysql.adminUser,
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    database: name,
    statement: expect.stringContaining(padding),
  });
  expect(short.find((it) => it.id === id)?.statement).not.toContain(padding);
});
