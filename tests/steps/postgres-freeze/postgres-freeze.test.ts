import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as thrown } from '../../../steps/postgres-freeze/acts.ts';
import { postgresFreeze } from '../../../steps/postgres-freeze/step.ts';
import { actContext, withoutPatience } from '../../support/act-context.ts';
import { useLab } from '../../support/lab.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { type OwnRole, usePostgresRole } from '../../support/own-account.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';

const acts = withOutcomes(thrown);

const lab = await useLab();
const nobody = { roles: [] };

const begin = async () => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE t (id INT PRIMARY KEY)');
  const [app, worker] = [await usePostgresRole(lab, 'LOGIN'), await usePostgresRole(lab, 'LOGIN')];
  await db.ask(`GRANT ALL ON t TO ${app.name}, ${worker.name}`);
  const client = await openClient('postgres', postgres, postgresConfig(lab, db.name));
  const ctx = actContext({ clients: { postgres: client } });
  const roles = [app.name, worker.name];
  const input = postgresFreeze.input.parse({ roles, quiet_for: '300ms' });
  const open = async () =>
    (
      await db.ask('SELECT rolname AS role FROM pg_roles WHERE rolname = ANY ($1) AND rolcanlogin', [roles])
    ).map(({ role }) => role);
  return { db, app, worker, client, ctx, input, open };
};

/** The same act by a role that may do less. */
const asRole = async ({ name, password }: OwnRole, database: string) => {
  const config = { ...postgresConfig(lab, database), user: name, password };
  return actContext({ clients: { postgres: await openClient('postgres', postgres, config) } });
};

const said = async (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

describe('postgres.freeze', () => {
  test('locks the roles, ends their sessions and transactions, and lets nobody in again', async () => {
    const { app, worker, ctx, input, db, open } = await begin();
    const [idle, writing] = [await app.login(db.name), await worker.login(db.name)];
    await writing.query('BEGIN');
    await writing.query('INSERT INTO t VALUES (1)');
    const proven = { ...input, proof_passwords: { [app.name]: app.password } };
    const before = await acts.prepare!(ctx, proven);
    expect(before).toEqual({ roles: input.roles.map((role) => ({ role, locked: false })) });
    const findings = await acts.check(ctx, proven);
    expect(findings[0]).toEqual({
      level: 'verified',
      what: `would lock ${app.name}, ${worker.name} and end 2 sessions`,
    });
    expect(await acts.run(ctx, proven, before)).toMatchObject({
      done: true,
      output: { roles: input.roles, sessions_ended: 2 },
    });
    expect(await open()).toEqual([]);
    expect(await said(app.login(db.name))).toMatch(/not permitted to log in/);
    expect(await said(idle.query('SELECT 1'))).not.toBe('nothing');
    expect(await db.ask('SELECT * FROM t')).toEqual([]);
    expect(await acts.probe(ctx, proven, before)).toMatchObject({
      state: 'done',
      output: { roles: input.roles, sessions_ended: null },
    });
  });

  test('the undo gives LOGIN back to those that had it, however often', async () => {
    const { app, worker, ctx, input, db, open } = await begin();
    await db.ask(`ALTER ROLE ${worker.name} NOLOGIN`);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown', why: /^1 of 2 entries/ });
    expect(await acts.run(ctx, input, before)).toMatchObject({ done: true });
    for (const _again of [1, 2]) {
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
      expect(await open()).toEqual([app.name]);
    }
    await app.login(db.name);
  });

  test('a session that is still there after a kill is told, and the next attempt ends it', async () => {
    const { app, ctx, input, db } = await begin();
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    const session = await app.login(db.name);
    for (const role of input.roles) await db.ask(`ALTER ROLE ${role} NOLOGIN`);
    expect(await acts.probe(ctx, input, before)).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('1 of its sessions still live'),
    });
    const again = await acts.run({ ...ctx, attempt: 2 }, input, before);
    expect(again).toMatchObject({ done: true, output: { sessions_ended: 1 } });
    expect(await said(session.query('SELECT 1'))).not.toBe('nothing');
  });

  test('an ALTER ROLE that a killed engine left at work is not taken for not done, and is ended', async () => {
    const { app, ctx, input, db, open } = await begin();
    const before = await acts.prepare!(ctx, input);
    await db.ask('BEGIN');
    onTestFinished(() => db.ask('ROLLBACK').then(() => undefined));
    await db.ask(`ALTER ROLE ${app.name} CONNECTION LIMIT 7`);
    const outcome = acts.run(ctx, input, before).catch((error: Error) => error);
    const waiting = () =>
      db.ask(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'ALTER ROLE %NOLOGIN' AND position($1 IN query) > 0",
        [app.name],
      );
    // What the list of sessions was stays the same for a transaction.
    await expect
      .poll(async () => {
        await db.ask('SELECT pg_stat_clear_snapshot()');
        return waiting();
      })
      .toHaveLength(1);
    const impatient = withoutPatience(ctx);
    expect(await acts.probe(impatient, input, before)).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('is in a statement'),
    });
    const undoing = { ...impatient, idempotencyKey: `${ctx.runId}/step/undo/0` };
    expect(await acts.undo?.(undoing, input, before)).toMatchObject({ done: false, living: true });
    expect(await acts.end?.(ctx, input)).toBe(true);
    expect(await outcome).toBeInstanceOf(Error);
    await db.ask('ROLLBACK');
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    expect(await open()).toHaveLength(2);
  });

  test('a wrong password of the proof proves nothing, and the message does not hold it', async () => {
    const { app, ctx, input } = await begin();
    const proven = { ...input, proof_passwords: { [app.name]: 'not-the-one' } };
    const outcome = await acts.run(ctx, proven, nobody);
    expect(outcome).toMatchObject({ done: false, effect: 'some', short: /not because of the lock/ });
    expect(JSON.stringify(outcome)).not.toContain('not-the-one');
  });

  test('names who could still write: by a right, as a member, by a function of its owner', async () => {
    const { app, worker, ctx, input, db } = await begin();
    const [writer, reader, member, caller] = [
      await usePostgresRole(lab, 'LOGIN'),
      await usePostgresRole(lab, 'LOGIN'),
      await usePostgresRole(lab, 'LOGIN NOINHERIT'),
      await usePostgresRole(lab, 'LOGIN'),
    ];
    await db.ask(`GRANT INSERT ON t TO ${writer.name}`);
    await db.ask(`GRANT SELECT ON t TO ${reader.name}`);
    await db.ask(`GRANT ${app.name} TO ${member.name}`);
    await db.ask(
      `CREATE FUNCTION spill() RETURNS void SECURITY DEFINER LANGUAGE sql AS 'INSERT INTO t VALUES (1)'`,
    );
    await db.ask('REVOKE EXECUTE ON FUNCTION spill() FROM PUBLIC');
    await db.ask(`GRANT EXECUTE ON FUNCTION spill() TO ${caller.name}`);
    const outcome = await acts.run(ctx, input, nobody);
    const left = outcome.done ? outcome.output.writers_left : [];
    expect(left).toEqual(expect.arrayContaining([writer.name, member.name, caller.name]));
    for (const none of [reader, app, worker]) expect(left).not.toContain(none.name);
    expect(left).not.toContain(lab.postgres.adminUser);
    expect(ctx.logged()).toContain('could still write: ');
  });

  test('names what writes without a login: a subscription, a prepared transaction, a job of pg_cron', async () => {
    const { ctx, input, db } = await begin();
    const sub = `sub_${db.name}`;
    const to = "CONNECTION 'host=127.0.0.1 port=1 dbname=x user=x password=x' PUBLICATION p";
    await db.ask(`CREATE SUBSCRIPTION ${sub} ${to} WITH (connect = false, slot_name = '${sub}')`);
    await db.ask(`ALTER SUBSCRIPTION ${sub} ENABLE`);
    await db.ask('BEGIN');
    await db.ask('INSERT INTO t VALUES (7)');
    await db.ask(`PREPARE TRANSACTION '${sub}'`);
    // What pg_cron keeps, as far as it is read.
    await db.ask('CREATE SCHEMA cron');
    await db.ask('CREATE TABLE cron.job (jobid INT, username TEXT, database TEXT, active BOOLEAN)');
    await db.ask(
      "INSERT INTO cron.job VALUES (3, 'app', current_database(), true), (4, 'app', 'other', true)",
    );
    onTestFinished(async () => {
      await db.ask(`ROLLBACK PREPARED '${sub}'`);
      await db.ask(`ALTER SUBSCRIPTION ${sub} DISABLE`);
      await db.ask(`ALTER SUBSCRIPTION ${sub} SET (slot_name = NONE)`);
      await db.ask(`DROP SUBSCRIPTION ${sub}`);
    });
    const findings = await acts.check(ctx, input);
    const told = findings.at(-1)?.what.replace('could still write then: ', '').split(', ');
    expect(told?.slice(-3)).toEqual([
      `prepared transaction ${sub} (of ${lab.postgres.adminUser})`,
      `subscription ${sub}`,
      'job 3 of pg_cron (as app)',
    ]);
  });

  test('refuses to lock itself out, and a role that is not there', async () => {
    const { ctx, input } = await begin();
    const own = { ...input, roles: [lab.postgres.adminUser] };
    expect(await acts.run(ctx, own, nobody)).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringContaining('lock itself out'),
    });
    expect(await acts.check(ctx, own)).toMatchObject([{ level: 'problem' }]);
    expect(await said(acts.prepare!(ctx, { ...input, roles: ['nobody_here'] }))).toMatch(/no role named/);
  });

  test('without the rights it says which are missing, and with those of a managed server it goes through', async () => {
    const { input, db, open } = await begin();
    const owner = await usePostgresRole(lab, 'LOGIN');
    const ctx = await asRole(owner, db.name);
    const me = `"${owner.name}"`;
    const [first] = input.roles;
    const findings = await acts.check(ctx, input);
    expect(findings.every(({ level }) => level === 'problem')).toBe(true);
    expect(findings.map(({ remedy }) => remedy)).toEqual(
      expect.arrayContaining([
        `ALTER ROLE ${me} CREATEROLE`,
        `GRANT "${first}" TO ${me} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`,
        `GRANT pg_signal_backend TO ${me}`,
      ]),
    );
    expect(await acts.run(ctx, input, nobody)).toMatchObject({ done: false, remedy: /CREATEROLE/ });
    expect(await open()).toHaveLength(2);
    const app = new pg.Client({ ...postgresConfig(lab, db.name) });
    app.on('error', () => undefined);
    await app.connect();
    await app.query(`SET SESSION AUTHORIZATION ${first}`);
    onTestFinished(() => app.end().catch(() => undefined));
    // What the findings say is enough.
    for (const { remedy } of new Map(findings.map((found) => [found.remedy, found])).values())
      if (remedy) await db.ask(remedy);
    const before = await acts.prepare!(ctx, input);
    const outcome = await acts.run(ctx, input, before);
    expect(outcome).toMatchObject({ done: true });
    expect(await open()).toEqual([]);
    expect(await acts.undo!(ctx, input, before)).toMatchObject({ done: true });
    expect(await open()).toHaveLength(2);
  });

  test('what it cannot mean is refused at load', () => {
    const parse = (more: object) => postgresFreeze.input.safeParse({ roles: ['app'], ...more }).success;
    expect(parse({})).toBe(true);
    expect(parse({ roles: [] })).toBe(false);
    expect(parse({ roles: ['app', 'app'] })).toBe(false);
    expect(parse({ roles: ['a"b'] })).toBe(false);
    expect(parse({ proof_passwords: { worker: 'x' } })).toBe(false);
  });
});
