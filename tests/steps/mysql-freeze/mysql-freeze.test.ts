import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as thrown } from '../../../steps/mysql-freeze/acts.ts';
import { refusals } from '../../../steps/mysql-freeze/rehearse.ts';
import { mayComeFrom } from '../../../steps/mysql-freeze/sessions.ts';
import { mysqlFreeze } from '../../../steps/mysql-freeze/step.ts';
import { withRoleHolders } from '../../../steps/mysql-freeze/writers.ts';
import { actContext, withoutPatience } from '../../support/act-context.ts';
import { mysqlProcesses } from '../../support/mysql-processes.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { type OwnAccount, useMysqlAccount } from '../../support/own-account.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { useOwnMysqlServer } from '../../support/own-mysql-server.ts';

const acts = withOutcomes(thrown);

const lab = await useOwnMysqlServer();

/** What the servers keep and name differently. */
const server =
  lab.mysql.server === 'mariadb'
    ? { accounts: 'mysql.global_priv', locked: "JSON_VALUE(Priv, '$.account_locked') = 1", root: '127.0.0.1' }
    : { accounts: 'mysql.user', locked: "account_locked = 'Y'", root: 'localhost' };

const begin = async ({ hosts }: { hosts?: readonly string[] } = {}) => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB');
  const app = await useMysqlAccount(lab, [`ALL ON ${db.name}.*`], hosts);
  const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
  const ctx = actContext({ clients: { mysql: client } });
  const input = mysqlFreeze.input.parse({ account: app.user, quiet_for: '300ms' });
  const locked = async () =>
    (
      await db.ask(
        `SELECT Host AS host FROM ${server.accounts} WHERE User = '${app.user}' AND ${server.locked} ORDER BY Host`,
      )
    ).map(({ host }) => host);
  return { db, app, client, ctx, input, locked };
};

/** The same act by an account that may do less. */
const asAccount = async ({ user, password }: OwnAccount, database: string) => {
  const config = { ...mysqlConfig(lab, database), user, password };
  return actContext({ clients: { mysql: await openClient('mysql', mysql, config) } });
};

const said = async (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('mysql.freeze', () => {
  test('locks the account, ends its sessions and their transactions, and lets nobody in again', async () => {
    const { app, ctx, input, db, locked } = await begin();
    const [idle, writing] = [await app.login(), await app.login()];
    await writing.query(`USE ${db.name}`);
    await writing.query('START TRANSACTION');
    await writing.query('INSERT INTO t VALUES (1)');
    const proven = { ...input, proof_password: app.password };
    const before = await acts.prepare!(ctx, proven);
    expect(before).toEqual({ accounts: [{ host: '127.0.0.1', locked: false }] });
    const outcome = await acts.run(ctx, proven, before);
    expect(outcome).toMatchObject({
      done: true,
      output: { accounts: [`${app.user}@127.0.0.1`], sessions_ended: 2 },
    });
    expect(await locked()).toEqual(['127.0.0.1']);
    expect(await said(app.login())).toMatch(/locked/);
    expect(await said(idle.query('SELECT 1'))).not.toBe('nothing');
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
  });

  test('waits out a statement of somebody else that hides the transactions of a MySQL 9', async () => {
    const { app, ctx, input, db } = await begin();
    const other = await (await useMysqlAccount(lab, [`ALL ON ${db.name}.*`])).login();
    await other.query(`USE ${db.name}`);
    await other.query('START TRANSACTION');
    await other.query('INSERT INTO t VALUES (1)');
    const busy = other.query("SELECT SLEEP(1.5), '📈'");
    await app.login();
    const outcome = await acts.run(ctx, input, await acts.prepare!(ctx, input));
    expect(outcome).toMatchObject({ done: true, output: { sessions_ended: 1 } });
    await busy;
    await other.query('ROLLBACK');
  });

  test('waits until an app that keeps coming back has stopped doing so', async () => {
    const { app, ctx, input } = await begin();
    let goOn = true;
    let refused = 0;
    const app1 = (async () => {
      while (goOn) {
        await app
          .login()
          .then((connection) => connection.query('SELECT SLEEP(1)'))
          .catch(() => {
            refused += 1;
          });
        await delay(5);
      }
    })();
    await delay(200);
    expect(await acts.run(ctx, input, await acts.prepare!(ctx, input))).toMatchObject({ done: true });
    expect(refused).toBeGreaterThan(0);
    expect((await acts.probe(ctx, input, { accounts: [] })).state).toBe('done');
    goOn = false;
    await app1;
  });

  test('the undo unlocks exactly what it found unlocked, however often', async () => {
    const { app, ctx, input, db, locked } = await begin({ hosts: ['127.0.0.1', '10.0.0.%'] });
    await db.ask(`ALTER USER '${app.user}'@'10.0.0.%' ACCOUNT LOCK`);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    expect(await locked()).toEqual(['10.0.0.%', '127.0.0.1']);
    for (const _again of [1, 2]) {
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
      expect(await locked()).toEqual(['10.0.0.%']);
    }
    await app.login();
  });

  test('freezes one entry only where hosts are named, and names the other as a writer that is left', async () => {
    const { app, ctx, input, locked } = await begin({ hosts: ['127.0.0.1', '10.0.0.%'] });
    const one = { ...input, hosts: ['10.0.0.%'] };
    const session = await app.login();
    expect(await acts.run(ctx, one, await acts.prepare!(ctx, one))).toMatchObject({
      done: true,
      output: { accounts: [`${app.user}@10.0.0.%`], sessions_ended: 0 },
    });
    expect(await locked()).toEqual(['10.0.0.%']);
    await session.query('SELECT 1');
    const outcome = await acts.run(ctx, one, { accounts: [] });
    expect(outcome.done && outcome.output.writers_left).toContain(`${app.user}@127.0.0.1`);
    expect(ctx.logged()).toContain(`could still write: `);
    const proof = await acts.run(ctx, { ...one, proof_password: app.password }, { accounts: [] });
    expect(proof).toMatchObject({ done: false, effect: 'some', short: /can log in/ });
  });

  test('a wrong proof_password proves nothing, and the message does not hold it', async () => {
    const { ctx, input } = await begin();
    const outcome = await acts.run({ ...ctx }, { ...input, proof_password: 'not-the-one' }, { accounts: [] });
    expect(outcome).toMatchObject({ done: false, effect: 'some', short: /not because of the lock/ });
    expect(JSON.stringify(outcome)).not.toContain('not-the-one');
  });

  test('after a kill the probe tells what is done, and the next attempt finishes it', async () => {
    const { app, ctx, input, db } = await begin({ hosts: ['127.0.0.1', '10.0.0.%'] });
    const session = await app.login();
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    await db.ask(`ALTER USER '${app.user}'@'127.0.0.1' ACCOUNT LOCK`);
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown', why: /1 of 2/ });
    await db.ask(`ALTER USER '${app.user}'@'10.0.0.%' ACCOUNT LOCK`);
    expect(await acts.probe(ctx, input, before)).toMatchObject({
      state: 'unknown',
      why: /1 of its sessions/,
    });
    expect(await acts.run({ ...ctx, attempt: 2 }, input, before)).toMatchObject({
      done: true,
      output: { sessions_ended: 1 },
    });
    expect(await acts.probe(ctx, input, before)).toMatchObject({
      state: 'done',
      output: { sessions_ended: null },
    });
    expect(await said(session.query('SELECT 1'))).not.toBe('nothing');
  });

  test('an ALTER USER that a killed engine left at work is not taken for not done, and is ended', async () => {
    const { app, ctx, input, db, locked } = await begin();
    const before = await acts.prepare!(ctx, input);
    await db.ask(`LOCK TABLES ${server.accounts} READ`);
    onTestFinished(async () => void (await db.ask('UNLOCK TABLES')));
    const outcome = acts.run(ctx, input, before).catch((error: Error) => error);
    const waiting = async () =>
      (await mysqlProcesses(db.ask)).filter(
        ({ statement }) => statement.startsWith('ALTER USER') && statement.includes(app.user),
      );
    await expect.poll(waiting).toHaveLength(1);
    const impatient = withoutPatience(ctx);
    expect(await acts.probe(impatient, input, before)).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('is in a statement'),
    });
    // The undo of the same step must not come before it.
    const undoing = { ...impatient, idempotencyKey: `${ctx.runId}/step/undo/0` };
    expect(await acts.undo?.(undoing, input, before)).toMatchObject({ done: false, living: true });
    expect(await acts.end?.(ctx, input)).toBe(true);
    expect(await outcome).toBeInstanceOf(Error);
    await db.ask('UNLOCK TABLES');
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    expect(await locked()).toEqual([]);
  });

  test('a time-out while a session will not go leaves the answer to the probe', async () => {
    const { client, input } = await begin();
    const control = new AbortController();
    const ctx = actContext({ clients: { mysql: client }, signal: control.signal });
    const slow = { ...input, quiet_for: 3_600_000 };
    setTimeout(() => control.abort('timeout'), 300);
    await expect(acts.run(ctx, slow, { accounts: [] })).rejects.toBeDefined();
    const later = actContext({ clients: { mysql: client } });
    expect((await acts.probe(later, input, { accounts: [] })).state).toBe('done');
  });

  test('names accounts, roles and events that could still write', async () => {
    const { app, ctx, input, db } = await begin();
    const other = await useMysqlAccount(lab, [`INSERT ON ${db.name}.t`]);
    const reader = await useMysqlAccount(lab, [`SELECT ON ${db.name}.*`]);
    const outcome = await acts.run(ctx, input, await acts.prepare!(ctx, input));
    const left = outcome.done ? outcome.output.writers_left : [];
    expect(left).toContain(`${other.user}@127.0.0.1`);
    expect(left).toContain(`root@${server.root}`);
    expect(left.join()).not.toContain(reader.user);
    expect(left.join()).not.toContain(app.user);
    expect(left).not.toContain(`${lab.mysql.adminUser}@127.0.0.1`);
    await db.ask(`CREATE EVENT tidy_up ON SCHEDULE EVERY 1 DAY DO DELETE FROM t`);
    await db.ask('SET GLOBAL event_scheduler = ON');
    try {
      const [, writers] = await acts.check(ctx, input);
      expect(writers?.what).toContain('event tidy_up (as admin@127.0.0.1)');
    } finally {
      await db.ask('SET GLOBAL event_scheduler = OFF');
    }
  });

  test('names who could write as somebody else: by a routine of its definer, as a proxy, or because all may', async () => {
    const { app, ctx, input, db } = await begin();
    const caller = await useMysqlAccount(lab, [`EXECUTE ON ${db.name}.*`]);
    const proxy = await useMysqlAccount(lab, []);
    // As GRANT PROXY writes it, which the lab's administrator may not say.
    await db.ask(
      `INSERT INTO mysql.proxies_priv (Host, User, Proxied_host, Proxied_user) VALUES ('127.0.0.1', '${proxy.user}', '127.0.0.1', '${app.user}')`,
    );
    onTestFinished(() =>
      db.ask(`DELETE FROM mysql.proxies_priv WHERE User = '${proxy.user}'`).then(() => undefined),
    );
    const nobody = await useMysqlAccount(lab, [`SELECT ON ${db.name}.*`]);
    const left = async () => {
      const outcome = await acts.run(ctx, input, { accounts: [] });
      return outcome.done ? outcome.output.writers_left : [];
    };
    expect(await left()).toContain(`${proxy.user}@127.0.0.1`);
    // Nothing to call yet.
    expect((await left()).join()).not.toContain(caller.user);
    await db.ask(`CREATE DEFINER = '${app.user}'@'127.0.0.1' PROCEDURE spill() INSERT INTO t VALUES (1)`);
    expect(await left()).toContain(`${caller.user}@127.0.0.1`);
    expect((await left()).join()).not.toContain(nobody.user);
    // MySQL has no such role.
    if (lab.mysql.server !== 'mariadb') return;
    await db.ask(`GRANT INSERT ON ${db.name}.* TO PUBLIC`);
    try {
      expect(await left()).toContain(`${nobody.user}@127.0.0.1`);
    } finally {
      await db.ask(`REVOKE INSERT ON ${db.name}.* FROM PUBLIC`);
    }
  });

  test('names what could write from elsewhere: a prepared XA transaction, routines, views and events of other schemas', async () => {
    const { app, ctx, input, db } = await begin();
    const elsewhere = await useMysqlDatabase(lab);
    const left = async () => {
      const outcome = await acts.run(ctx, input, { accounts: [] });
      return (outcome.done ? outcome.output.writers_left : []).join('\n');
    };
    const caller = await useMysqlAccount(lab, []);
    const viewer = await useMysqlAccount(lab, []);
    const definer = `DEFINER = '${app.user}'@'127.0.0.1'`;
    expect(await left()).not.toMatch(new RegExp(`${caller.user}|${viewer.user}|XA`));
    await elsewhere.ask(`CREATE ${definer} PROCEDURE spill() INSERT INTO ${db.name}.t VALUES (1)`);
    await elsewhere.ask(`GRANT EXECUTE ON PROCEDURE ${elsewhere.name}.spill TO '${caller.user}'@'127.0.0.1'`);
    expect(await left()).toContain(`${caller.user}@127.0.0.1`);
    await elsewhere.ask(`CREATE ${definer} VIEW window_on_t AS SELECT id FROM ${db.name}.t`);
    await elsewhere.ask(`GRANT INSERT ON ${elsewhere.name}.window_on_t TO '${viewer.user}'@'127.0.0.1'`);
    expect(await left()).toContain(`${viewer.user}@127.0.0.1`);

    await elsewhere.ask(
      `CREATE ${definer} EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM ${db.name}.t`,
    );
    await db.ask('SET GLOBAL event_scheduler = ON');
    try {
      expect(await left()).toContain(`event ${elsewhere.name}.nightly (as ${app.user}@127.0.0.1)`);
    } finally {
      await db.ask('SET GLOBAL event_scheduler = OFF');
    }

    const xa = `xa-night-${process.pid}`;
    for (const sql of [
      `XA START '${xa}'`,
      'INSERT INTO t VALUES (7)',
      `XA END '${xa}'`,
      `XA PREPARE '${xa}'`,
    ])
      await db.ask(sql);
    try {
      expect(await left()).toMatch(/^prepared XA transactions: \d/m);
    } finally {
      await db.ask(`XA ROLLBACK '${xa}'`);
    }
  });

  test('what would make the server refuse the lock is a problem of the dry run', async () => {
    const { client, ctx } = await begin();
    const server = (variables: Record<string, string>, system: readonly string[]) => ({
      ...client,
      open: async () => {
        const session = await client.open('read');
        const rows = (sql: string) =>
          sql.startsWith('SHOW')
            ? Object.entries(variables).map(([Variable_name, Value]) => ({ Variable_name, Value }))
            : system.map((grantee) => ({ grantee }));
        return {
          ...session,
          query: async (sql: string) => ({ rows: rows(sql), rowCount: 0, affectedRows: 0 }),
        };
      },
    });
    const accounts = [{ user: 'app', host: '%', locked: false }];
    const held = (...rights: string[]) => ({ rights: new Set(rights), role: null });
    const found = async (variables: Record<string, string>, system: readonly string[], ...rights: string[]) =>
      (await refusals(server(variables, system), ctx, accounts, held(...rights))).map(({ what }) => what);
    const open = { read_only: 'OFF', super_read_only: 'OFF' };
    expect(await found(open, [])).toEqual([]);
    expect(await found({ ...open, super_read_only: 'ON' }, [], 'SUPER')).toEqual([
      expect.stringContaining('super_read_only'),
    ]);
    expect(await found({ read_only: 'ON' }, [], 'CREATE USER')).toEqual([
      expect.stringContaining('read_only = ON'),
    ]);
    expect(await found({ read_only: 'ON' }, [], 'CONNECTION_ADMIN')).toEqual([]);
    expect(await found(open, ["'app'@'%'"], 'CREATE USER')).toEqual([
      expect.stringContaining('app@% has SYSTEM_USER'),
    ]);
    expect(await found(open, ["'app'@'%'"], 'SYSTEM_USER')).toEqual([]);
  });

  test('an account that is gone when it is to be unlocked is told: the old app cannot log in', async () => {
    const { app, ctx, input, db } = await begin({ hosts: ['127.0.0.1', '10.0.0.%'] });
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    await db.ask(`DROP USER '${app.user}'@'10.0.0.%'`);
    expect(await acts.undo!(ctx, input, before)).toMatchObject({
      done: false,
      short: expect.stringContaining(`${app.user}@10.0.0.% is gone`),
    });
    await app.login();
  });

  test('refuses to lock itself out, and an account that is not there', async () => {
    const { ctx, input } = await begin();
    const own = { ...input, account: lab.mysql.adminUser };
    expect(await acts.run(ctx, own, { accounts: [] })).toMatchObject({
      done: false,
      effect: 'none',
      short: /lock itself out/,
    });
    expect(await acts.check(ctx, own)).toMatchObject([{ level: 'problem' }]);
    expect(await said(acts.prepare!(ctx, { ...input, account: 'nobody_here' }))).toMatch(/no account named/);
    expect(await said(acts.prepare!(ctx, { ...input, hosts: ['10.9.9.9'] }))).toMatch(/only .*@127/);
  });

  test('without the rights it says which are missing and changes nothing', async () => {
    const { ctx, input, db, app, locked } = await begin();
    const weak = await useMysqlAccount(lab, [
      'CREATE USER ON *.*',
      'SELECT ON mysql.*',
      `ALL ON ${db.name}.*`,
    ]);
    const weakCtx = await asAccount(weak, db.name);
    const findings = await acts.check(weakCtx, input);
    expect(findings.map(({ what }) => what)).toEqual([
      "the target's user may not see all sessions",
      "the target's user may not end sessions of others",
    ]);
    expect(await acts.run(weakCtx, input, { accounts: [] })).toMatchObject({
      done: false,
      effect: 'none',
      remedy: /PROCESS/,
    });
    expect(await locked()).toEqual([]);
    const blind = await asAccount(app, db.name);
    expect(await said(acts.prepare!(blind, { ...input, account: 'someone' }))).toMatch(/cannot be read/);
    expect(ctx.logged()).toBe('');
  });

  test('a name that could leave its quotes is refused at load', () => {
    for (const account of ["a'b", 'a\\', 'a`b', ''])
      expect(mysqlFreeze.input.safeParse({ account }).success).toBe(false);
  });
});

test.each([
  ['%', '10.0.0.7', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.11', false],
  ['10.0.0.%', '10.0.0.7', true],
  ['10.0.0.%', '10.0.1.7', false],
  ['192.168.1.0/255.255.255.0', '10.0.0.7', true],
  ['localhost', '127.0.0.1', true],
  ['localhost', '10.0.0.7', false],
  ['db.internal', '10.0.0.7', true],
])('an entry for %s may hold a session from %s: %s', (host, address, may) => {
  expect(mayComeFrom(host, address)).toBe(may);
});

test('a role of a role is followed to who holds it', () => {
  const held = [
    { holder: 'ann@%', role: 'inner@' },
    { holder: 'inner@', role: 'outer@' },
  ];
  expect([...withRoleHolders(new Set(['outer@']), held)]).toEqual(['outer@', 'inner@', 'ann@%']);
});
