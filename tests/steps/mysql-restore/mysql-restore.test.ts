import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describe, expect, onTestFinished, test } from 'vitest';
import { vpsPaths } from '../../../docker/native/vps.ts';
import { scratchLock } from '../../../steps/_kits/sql/restore-kind.ts';
import { localGroup } from '../../../steps/_targets/local/local-group.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { acts as ownActs } from '../../../steps/mysql-restore/acts.ts';
import { markTable } from '../../../steps/mysql-restore/scratch.ts';
import { mysqlRestore } from '../../../steps/mysql-restore/step.ts';
import { type ActWorld, actContext, withoutPatience } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { claimOf, leftRunning } from '../../support/job-claim.ts';
import { useLab } from '../../support/lab.ts';
import { mysqlProcesses } from '../../support/mysql-processes.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlAccount } from '../../support/own-account.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { usePlace, withEnv } from '../../support/place.ts';
import { useDump } from './dumped.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const fresh = { existed: false, supervised: true } as const;

const begin = async (more: Partial<ActWorld> = {}) => {
  const world = await useDump(lab, await usePlace(), more);
  const input = mysqlRestore.input.parse({ path: world.path, database: world.scratch });
  onTestFinished(async () => void (await world.db.ask(`DROP DATABASE IF EXISTS ${world.scratch}`)));
  return { ...world, input };
};
type World = Awaited<ReturnType<typeof begin>>;

/** A client of the test's own in front of the lab's. */
const withFakeClient = async ({ shell, client }: World, script: string) => {
  const scratch = await usePlace();
  const bin = join(scratch.dir, 'fake-bin');
  await mkdir(bin);
  const real = join(vpsPaths(lab.dir).bin, 'mysql');
  await writeFile(join(bin, 'mysql'), `#!/bin/sh\nreal='${real}'\n${script}\n`);
  await chmod(join(bin, 'mysql'), 0o755);
  const inFront = withEnv(shell, { PATH: `${bin}:${vpsPaths(lab.dir).bin}:${process.env.PATH}` });
  return { dir: scratch.dir, ctx: actContext({ clients: { mysql: client, shell: inFront } }) };
};

/** The same by an account that may do less. */
const byAccount = async ({ shell, db }: World, grants: readonly string[]) => {
  const { user, password } = await useMysqlAccount(lab, grants);
  const config = { ...mysqlConfig(lab, db.name), user, password };
  return actContext({ clients: { shell, mysql: await openClient('mysql', mysql, config) } });
};

describe('mysql.restore', () => {
  test('restores, counts exactly, and the undo drops what it made', async () => {
    const { ctx, input, dump, db, scratch, tablesOf } = await begin();
    const sha256 = await dump();
    const before = await acts.prepare!(ctx, input);
    expect(before).toEqual(fresh);
    const outcome = await acts.run(ctx, { ...input, sha256 }, before);
    const output = {
      database: scratch,
      tables: { 'odd `name': 0, users: 2 },
      rows: 2,
      seconds: expect.any(Number),
      unproven: expect.any(Array),
    };
    expect(outcome).toEqual({ done: true, output });
    expect(await db.ask(`SELECT note FROM ${scratch}.users WHERE id = 1`)).toEqual([
      { note: 'a\nUSE `mysql`;\n-- 🎯' },
    ]);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'done', output });
    expect(ctx.reported().at(-1)).toMatchObject({ unit: 'bytes' });
    for (const _again of [1, 2]) {
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
      expect(await tablesOf(scratch)).toBeNull();
    }
    expect(await tablesOf(db.name)).toEqual(['odd `name', 'users']);
  });

  test('says what it does not prove', async () => {
    const { ctx, input, dump, db, scratch } = await begin();
    const other = await useMysqlDatabase(lab);
    await other.ask('CREATE TABLE prices (id INT PRIMARY KEY)');
    await other.ask(`CREATE VIEW users_seen AS SELECT id FROM ${db.name}.users`);
    await other.ask(`CREATE PROCEDURE forget_all() DELETE FROM ${db.name}.users`);
    await db.ask(`CREATE VIEW priced AS SELECT u.id FROM users u JOIN ${other.name}.prices p ON p.id = u.id`);
    await db.ask('CREATE VIEW own_only AS SELECT id, CAST(id AS CHAR) AS t FROM users');
    await db.ask('CREATE PROCEDURE broken_later() SELECT * FROM no_such_table');
    await db.ask('CREATE TRIGGER before_user BEFORE INSERT ON users FOR EACH ROW SET NEW.note = 1');
    // MySQL carries events out, unlike MariaDB: not at once.
    await db.ask(
      "CREATE EVENT tidy_up ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' DO DELETE FROM users",
    );
    const xa = `xa_${db.name}`;
    const { adminUser: user, adminPassword: password, host, port } = lab.mysql;
    const writer = await createConnection({ host, port, user, password, database: db.name });
    await writer.query(`XA START '${xa}'`);
    await writer.query('INSERT INTO users VALUES (99, NULL)');
    await writer.query(`XA END '${xa}'`);
    await writer.query(`XA PREPARE '${xa}'`);
    await writer.end();
    let waits = true;
    const rollBack = async () => {
      if (waits) await db.ask(`XA ROLLBACK '${xa}'`);
      waits = false;
    };
    onTestFinished(rollBack);
    await dump();
    const dry = (await acts.check(ctx, input)).filter(({ level }) => level === 'unchecked');
    const outcome = await acts.run(ctx, input, fresh);
    if (!outcome.done) throw new Error(outcome.short);
    const { unproven, rows } = outcome.output;
    expect(rows).toBe(2);
    const elsewhere = `not in the dump, and use its database: procedure ${other.name}.forget_all, view ${other.name}.users_seen`;
    // Of such a view MariaDB's dump names every table with its database: restored, it reads the one that was dumped.
    const named = lab.mysql.server === 'mariadb' ? [db.name, other.name] : [other.name];
    expect(unproven).toEqual([
      'events of the dump: 1 (left out, since they would run)',
      'routines: 1 (made, not called)',
      'triggers: 1 (made, not fired by a change)',
      `the view priced reads ${named.sort().join(', ')} as it is on this server, and not from the dump`,
      elsewhere,
      expect.stringMatching(/^not in the dump: prepared XA transactions: \d+ \(XA RECOVER lists them\)$/),
    ]);
    expect(dry.map(({ what }) => what)).toEqual(unproven.slice(-2));
    expect(ctx.logged()).toContain(`not proven: ${elsewhere}\n`);
    await rollBack();
    expect(await acts.probe(ctx, input, fresh)).toMatchObject({ state: 'done', output: { unproven } });
    expect(scratch).toBe(outcome.output.database);
  });

  test('keep: false leaves nothing behind', async () => {
    const { ctx, input, dump, scratch, tablesOf } = await begin();
    await dump();
    expect(await acts.run(ctx, { ...input, keep: false }, fresh)).toMatchObject({
      done: true,
      output: { rows: 2 },
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('routines, triggers and views come along; events do not, since they would run', async () => {
    const { ctx, input, dump, db, scratch } = await begin();
    await db.ask('CREATE VIEW seen AS SELECT id FROM users');
    await db.ask("CREATE PROCEDURE touch_all() BEGIN UPDATE users SET note = 'x;y'; END");
    await db.ask(
      'CREATE TRIGGER before_user BEFORE INSERT ON users FOR EACH ROW SET NEW.note = UPPER(NEW.note)',
    );
    await db.ask(
      "CREATE EVENT tidy_up ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' DO DELETE FROM users",
    );
    await dump();
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: true, output: { tables: { users: 2 } } });
    const made = await db.ask(
      `SELECT (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${scratch}') AS r,
        (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '${scratch}') AS t,
        (SELECT COUNT(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = '${scratch}') AS v,
        (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '${scratch}') AS e`,
    );
    expect(made.map((row) => Object.values(row).map(Number))).toEqual([[1, 1, 1, 0]]);
    expect(ctx.logged()).toContain('1 events of the dump are left out');
  });

  test.each([
    [
      'names another database',
      'CREATE TABLE `t` (\n);\nUSE `mysql`;\n-- Dump completed\n',
      /line 3:USE .*reaches beyond/,
    ],
    [
      'drops databases',
      '/*!40000 DROP DATABASE IF EXISTS `a`*/;\n-- Dump completed\n',
      /line 1:.*reaches beyond/,
    ],
    [
      'sets what holds for the whole server',
      'SET @@GLOBAL.GTID_PURGED=1;\n-- Dump completed\n',
      /reaches beyond/,
    ],
    ['ends early', 'CREATE TABLE `t` (\n', /Dump completed/],
  ])('a dump that %s is refused before anything is made', async (_what, content, why) => {
    const { ctx, input, path, scratch, tablesOf } = await begin();
    await writeFile(path, content);
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: false, effect: 'none', short: why });
    expect((await acts.check(ctx, input)).filter(({ level }) => level === 'problem')).toMatchObject([
      { what: why },
    ]);
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('a dump that is not the one that was taken is refused', async () => {
    const { ctx, input, dump, path, scratch, tablesOf } = await begin();
    const sha256 = await dump();
    await writeFile(path, (await readFile(path, 'utf8')).replace("'b'", "'c'"));
    expect(await acts.run(ctx, { ...input, sha256 }, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: /not the dump that was taken/,
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('never drops what it did not make, nor restores into its own database', async () => {
    const { ctx, input, dump, db, scratch, tablesOf } = await begin();
    await dump();
    await db.ask(`CREATE DATABASE ${scratch}`);
    await db.ask(`CREATE TABLE ${scratch}.precious (id INT)`);
    const greedy = { ...input, replace: true };
    const before = await acts.prepare!(ctx, greedy);
    expect(before).toEqual({ existed: true, supervised: true });
    expect(await acts.run(ctx, greedy, before)).toMatchObject({
      done: false,
      effect: 'none',
      short: /never dropped/,
    });
    expect((await acts.check(ctx, greedy)).filter(({ level }) => level === 'problem')).toHaveLength(1);
    expect(await acts.undo!(ctx, greedy, before)).toMatchObject({ done: true });
    expect(await acts.undo!(ctx, greedy, fresh)).toMatchObject({ done: true });
    expect(await tablesOf(scratch)).toEqual(['precious']);
    const own = { ...input, database: db.name.toUpperCase(), replace: true };
    expect(await acts.run(ctx, own, { existed: true })).toMatchObject({ done: false, short: /own database/ });
    await acts.undo!(ctx, own, fresh);
    expect(await tablesOf(db.name)).toEqual(['odd `name', 'users']);
  });

  test('replaces the scratch database of an earlier restore only where told to', async () => {
    const { ctx, input, dump, client, shell, scratch, tablesOf } = await begin();
    await dump();
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: true });
    const next = actContext({ clients: { mysql: client, shell } });
    expect(await acts.run(next, input, { existed: true })).toMatchObject({
      done: false,
      remedy: /replace: true/,
    });
    expect(await acts.undo!(next, input, { existed: true })).toMatchObject({ done: true });
    expect(await tablesOf(scratch)).toContain('users');
    expect(await acts.run(next, { ...input, replace: true }, { existed: true })).toMatchObject({
      done: true,
    });
    expect(await acts.probe(ctx, input, fresh)).toEqual({ state: 'not-done' });
    await acts.undo!(next, input, { existed: true });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('a kill between making and marking the database leaves it empty, and the undo clears it', async () => {
    const { ctx, input, db, scratch, tablesOf } = await begin();
    await db.ask(`CREATE DATABASE ${scratch}`);
    expect(await acts.probe(ctx, input, fresh)).toEqual({ state: 'not-done' });
    await acts.undo!(ctx, input, fresh);
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('a session that a killed engine left while it made the database is not taken for not done', async () => {
    const { ctx, client, input, scratch, db } = await begin();
    const left = await client.open('write', undefined, scratchLock(ctx));
    await left.query(`CREATE DATABASE ${scratch}`, [], 0);
    expect(await acts.probe(withoutPatience(ctx), input, fresh)).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('in an open transaction'),
    });
    expect(await acts.undo?.(ctx, input, fresh)).toMatchObject({ done: true });
    await expect(left.query('SELECT 1', [], 1)).rejects.toThrow();
    expect(await db.ask('SHOW DATABASES LIKE ?', [scratch])).toEqual([]);
    expect(await acts.probe(ctx, input, fresh)).toEqual({ state: 'not-done' });
  });

  test('what was left at work is ended, at the place and on the server, and restored anew', async () => {
    const world = await begin();
    const { input, dump, db, scratch, tablesOf } = world;
    await dump();
    // A client that no SIGTERM ends, and whose statement would outlive it on the server.
    const fake = await withFakeClient(
      world,
      `case "$1" in --version) exec "$real" "$1" ;; esac
       trap '' TERM
       [ ! -e '$once' ] || exec "$real" "$@"
       : >'$once'; echo 'SELECT SLEEP(600);' | "$real" "$@"`.replaceAll(
        '$once',
        join((await usePlace()).dir, 'once'),
      ),
    );
    const sessions = async () =>
      (await mysqlProcesses(db.ask)).filter((it) => it.db === scratch && it.statement.includes('SLEEP(600)'));
    const { group } = await leftRunning(acts, fake.ctx, input, fresh);
    await expect.poll(async () => (await sessions()).length, { timeout: 10_000 }).toBe(1);
    expect(await acts.probe(fake.ctx, input, fresh)).toEqual({ state: 'alive' });
    const quick = { ...fake.ctx, killGraceMs: 500 };
    expect(await acts.end!(quick, input)).toBe(true);
    expect(await sessions()).toEqual([]);
    expect(await localGroup(group).alive()).toBe(false);
    expect(await acts.probe(fake.ctx, input, fresh)).toMatchObject({
      state: 'unknown',
      why: /half restored/,
    });
    expect(await acts.run({ ...quick, attempt: 2 }, input, fresh)).toMatchObject({
      done: true,
      output: { rows: 2 },
    });
    await acts.undo!(quick, input, fresh);
    expect(await tablesOf(scratch)).toBeNull();
  });

  /** A client that waits for a file, and counts how often it was started. */
  const waitingClient = async (world: World, then = '') => {
    const { dir } = await usePlace();
    const fake = await withFakeClient(
      world,
      `case "$1" in --version) exec "$real" "$1" ;; esac
       echo x >>'${dir}/calls'; until [ -e '${dir}/gate' ]; do sleep 0.02; done
       ${then || 'exec "$real" "$@"'}`,
    );
    return {
      ctx: fake.ctx,
      open: () => writeFile(join(dir, 'gate'), ''),
      calls: () => readFile(join(dir, 'calls'), 'utf8'),
    };
  };

  test('an engine that goes and comes back follows the same restore, and counts it', async () => {
    const world = await begin();
    const sha256 = await world.dump();
    const { ctx, open, calls } = await waitingClient(world);
    const input = { ...world.input, sha256 };
    const claim = await leftRunning(acts, ctx, input, fresh);
    expect(await acts.probe(ctx, input, fresh)).toEqual({ state: 'alive' });
    const followed = acts.run(ctx, input, fresh);
    await open();
    expect(await followed).toMatchObject({ done: true, output: { rows: 2 } });
    expect(await claimOf(world.shell, ctx.runId)).toEqual(claim);
    expect(await calls()).toBe('x\n');
  });

  test('it ended while nobody was there: the probe counts it, or says why it failed', async () => {
    const world = await begin();
    await world.dump();
    const { ctx, open } = await waitingClient(world);
    await leftRunning(acts, ctx, world.input, fresh);
    await open();
    await expect
      .poll(() => acts.probe(ctx, world.input, fresh), { timeout: 10_000 })
      .toMatchObject({ state: 'done', output: { tables: { users: 2 }, rows: 2 } });
    await acts.undo!(ctx, world.input, fresh);

    const failing = await waitingClient(
      world,
      `echo 'ERROR 1227 (42000) at line 3: Access denied' >&2; exit 1`,
    );
    await leftRunning(acts, failing.ctx, world.input, fresh);
    await failing.open();
    await expect
      .poll(() => acts.probe(failing.ctx, world.input, fresh), { timeout: 10_000 })
      .toMatchObject({
        state: 'failed',
        outcome: { effect: 'some', retryable: true, short: /ERROR 1227/, remedy: /SET USER/ },
      });
    await acts.undo!(failing.ctx, world.input, fresh);
    expect(await world.tablesOf(world.scratch)).toBeNull();
  });

  test('a dump that was replaced meanwhile is no proof: what was left at work is ended', async () => {
    const world = await begin();
    const sha256 = await world.dump();
    const { ctx } = await waitingClient(world);
    const input = { ...world.input, sha256 };
    const { group } = await leftRunning(acts, ctx, input, fresh);
    await writeFile(world.path, (await readFile(world.path, 'utf8')).replace("'b'", "'c'"));
    expect(await acts.run({ ...ctx, killGraceMs: 500 }, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: /not the dump that was taken/,
    });
    expect(await localGroup(group).alive()).toBe(false);
    expect(await world.tablesOf(world.scratch)).toBeNull();
  });

  test('a time-out ends the client and its session before it says anything', async () => {
    const world = await begin();
    const { input, dump, db, scratch } = world;
    await dump();
    const fake = await withFakeClient(
      world,
      `case "$1" in --version) exec "$real" "$1" ;; esac
       echo 'SELECT SLEEP(600);' | "$real" "$@"`,
    );
    const control = new AbortController();
    const sessions = async () => (await mysqlProcesses(db.ask)).filter((it) => it.db === scratch);
    const running = acts.run({ ...fake.ctx, signal: control.signal }, input, fresh);
    await expect.poll(async () => (await sessions()).length, { timeout: 10_000 }).toBe(1);
    control.abort('timeout');
    expect(await running).toMatchObject({
      done: false,
      effect: 'unknown',
      short: 'timed out, and was ended',
    });
    expect(await sessions()).toEqual([]);
    expect(await acts.probe(fake.ctx, input, fresh)).toMatchObject({ state: 'unknown' });
  });

  test('a restore that fails in the middle leaves no database and quotes the line of the file', async () => {
    const { ctx, input, path, scratch, tablesOf } = await begin();
    await writeFile(
      path,
      '/*M!999999\\- enable the sandbox mode */ \nCREATE TABLE `a` (\n id INT);\nnonsense;\n-- Dump completed\n',
    );
    expect(await acts.run(ctx, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: /ERROR 1064 .* at line 4/,
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('a full disk of the server may be tried again, and leaves no database', async () => {
    const world = await begin();
    await world.dump();
    const fake = await withFakeClient(
      world,
      `case "$1" in --version) exec "$real" "$1" ;; esac
       cat >/dev/null; echo "ERROR 1114 (HY000) at line 3: The table 'users' is full" >&2; exit 1`,
    );
    expect(await acts.run(fake.ctx, world.input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: true,
      short: /is full/,
      remedy: /Free disk/,
    });
    expect(await world.tablesOf(world.scratch)).toBeNull();
  });

  test("a command of the client's own in a dump is not carried out", async () => {
    const { ctx, input, path } = await begin();
    const { dir } = await usePlace();
    await writeFile(path, `\\! touch '${dir}/pwned'\nsystem touch '${dir}/pwned'\n-- Dump completed\n`);
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: false, effect: 'none' });
    await expect(readFile(`${dir}/pwned`)).rejects.toThrow('ENOENT');
  });

  test('a table that does not come out is noticed', async () => {
    const { ctx, input, path, scratch, tablesOf } = await begin();
    await writeFile(path, 'CREATE TABLE `a` (\n id INT);\nDROP TABLE a;\n-- Dump completed\n');
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: false, effect: 'none', short: /0 of 1/ });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('the password is neither in the process list nor in the environment nor on disk', async () => {
    const world = await begin();
    await world.dump();
    const seen = join((await usePlace()).dir, 'seen');
    const fake = await withFakeClient(
      world,
      `case "$1" in --version) exec "$real" "$1" ;; esac
       { tr '\\0' ' ' <"/proc/$$/cmdline"; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; env; } >'${seen}' 2>/dev/null
       exec "$real" "$@"`,
    );
    expect(await acts.run(fake.ctx, world.input, fresh)).toMatchObject({ done: true });
    const everything = await readFile(seen, 'utf8');
    expect(everything).toContain('--defaults-extra-file=/dev/fd/3');
    expect(everything).not.toContain(world.client.access.password());
  });

  test('missing rights are told by the dry run and by the restore, a foreign DEFINER by its name', async () => {
    const world = await begin();
    const { input, dump, db, scratch, tablesOf } = world;
    await db.ask('CREATE VIEW seen AS SELECT id FROM users');
    await dump();
    const none = await byAccount(world, [`ALL ON ${db.name}.*`]);
    const problems = async (ctx: typeof none) =>
      (await acts.check(ctx, input)).filter(({ level }) => level === 'problem').map(({ what }) => what);
    expect(await problems(none)).toContain(`the target's user may not CREATE in ${scratch}`);
    expect(await acts.run(none, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: /denied/,
    });
    const definer = await byAccount(world, [`ALL ON ${db.name}.*`, `ALL ON ${scratch}.*`]);
    expect(await problems(definer)).toEqual([
      "the target's user may not make views, triggers or routines whose DEFINER is another account (admin@127.0.0.1)",
    ]);
    expect(await acts.run(definer, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: /ERROR 1227/,
      remedy: /SET USER/,
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('a wrong password and a missing client are problems of the dry run', async () => {
    const { ctx, input, client, shell } = await begin();
    const wrong = { ...client, access: { ...client.access, password: () => 'not-the-one' } };
    const findings = await acts.check(actContext({ clients: { shell, mysql: wrong } }), input);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'problem', what: expect.stringMatching(/1045/) }),
    );
    expect(JSON.stringify(findings)).not.toContain('not-the-one');
    expect(findings).toContainEqual(
      expect.objectContaining({
        level: 'problem',
        what: expect.stringMatching(/not there yet/),
        passing: true,
      }),
    );
    const bare = (await usePlace({ PATH: '/usr/bin:/bin' })).shell;
    const missing = await acts.check(actContext({ clients: { mysql: client, shell: bare } }), input);
    expect(missing[0]).toMatchObject({ level: 'problem', what: /neither mysql nor mariadb/ });
    const elsewhere = actContext({ clients: { mysql: client, shell }, runOn: 'elsewhere' });
    expect(await acts.check(elsewhere, input)).toMatchObject([
      { level: 'problem', what: /as seen from local/ },
    ]);
    expect(await acts.check(ctx, { ...input, database: 'x_y' })).toContainEqual(
      expect.objectContaining({ level: 'verified', what: expect.stringMatching(/bytes free/) }),
    );
  });

  test('names that are not a scratch database are refused at load', () => {
    for (const database of ['mysql', 'SYS', 'a`b', 'a.b', ''])
      expect(mysqlRestore.input.safeParse({ path: '/x', database }).success).toBe(false);
    expect(markTable).toMatch(/^_/);
  });
});
