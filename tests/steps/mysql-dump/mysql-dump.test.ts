import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identify } from '../../../docker/native/process-table.ts';
import { vpsPaths } from '../../../docker/native/vps.ts';
import { optionFile } from '../../../steps/_targets/mysql/option-file.ts';
import { mysql } from '../../../steps/_targets/mysql/target.ts';
import { temporaryBeside } from '../../../steps/_work/path.ts';
import { acts as ownActs } from '../../../steps/mysql-dump/acts.ts';
import { mysqlDump } from '../../../steps/mysql-dump/step.ts';
import { type ActWorld, actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { claimOf, leftRunning } from '../../support/job-claim.ts';
import { useLab } from '../../support/lab.ts';
import { mysqlConfig, openClient } from '../../support/open-target.ts';
import { useMysqlDatabase } from '../../support/own-database.ts';
import { usePlace } from '../../support/place.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();

const begin = async (more: Partial<ActWorld> = {}, tools = vpsPaths(lab.dir).bin) => {
  const db = await useMysqlDatabase(lab);
  await db.ask('CREATE TABLE users (id INT PRIMARY KEY, note TEXT)');
  await db.ask("INSERT INTO users VALUES (1, 'a\\nCREATE TABLE `fake` (\\n-- 🎯')");
  await db.ask('CREATE TABLE trades (id INT PRIMARY KEY)');
  await db.ask('CREATE VIEW seen AS SELECT id FROM users');
  await db.ask('CREATE PROCEDURE touch_all() UPDATE users SET id = id');
  const place = await usePlace({ PATH: `${tools}:${process.env.PATH}` });
  const client = await openClient('mysql', mysql, mysqlConfig(lab, db.name));
  const ctx = actContext({ clients: { mysql: client, shell: place.shell }, ...more });
  const path = join(place.dir, "it's a dump.sql");
  const input = mysqlDump.input.parse({ path });
  return { db, place, client, ctx, path, input };
};

const ofServer =
  lab.mysql.server === 'mariadb' ? 'Ver 10.19 Distrib 10.11.6-MariaDB' : 'Ver 9.7.0 for Linux on x86_64';

/** A mysqldump of the test's own, of the server's kind. */
const fakeTool = async (dir: string, script: string, version = ofServer): Promise<string> => {
  const bin = join(dir, 'fake-bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'mysqldump'),
    `#!/bin/sh\n[ "$1" != --version ] || { echo '${version}'; exit; }\n${script}\n`,
  );
  await chmod(join(bin, 'mysqldump'), 0o755);
  return bin;
};

describe('mysql.dump', () => {
  test('writes a checked dump that only its owner can read, and the undo removes it', async () => {
    const { ctx, path, input, place } = await begin();
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    // What was proven not done is followed by another attempt.
    const next = { ...ctx, attempt: 2 };
    const outcome = await acts.run(next, input, before);
    expect(ctx.logged(), 'no warning of an option that the tool does not know').toBe('');
    const bytes = await readFile(path);
    const output = {
      path,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      tables: ['trades', 'users'],
      tool_version: expect.stringMatching(/^(MariaDB|MySQL) dump/),
    };
    expect(outcome).toEqual({ done: true, output });
    expect(bytes.toString()).toMatch(/CREATE.*PROCEDURE[\s\S]*-- Dump completed/);
    const [[name, image] = []] = Object.entries(await place.image());
    expect(name).toBe("it's a dump.sql");
    expect(image).toMatch(/^100600 /);
    expect(await acts.probe(next, input, before)).toEqual({ state: 'done', output });
    for (const _ of [1, 2])
      expect(await acts.undo!(next, input, before)).toEqual({ done: true, output: null });
    expect(await place.image()).toEqual({});
    expect(await acts.probe(next, input, before)).toEqual({ state: 'not-done' });
  });

  test('never overwrites, and its undo leaves alone what it did not make', async () => {
    const { ctx, path, input } = await begin();
    await writeFile(path, 'an older backup');
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
    });
    await acts.undo!(ctx, input, before);
    await acts.undo!(ctx, input, { existed: false });
    expect(await readFile(path, 'utf8')).toBe('an older backup');
  });

  test('a dump that ends early never gets its name', async () => {
    const scratch = await usePlace();
    const bin = await fakeTool(scratch.dir, "echo 'CREATE TABLE `users` ('; echo half");
    const { ctx, input, place } = await begin({}, bin);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringContaining('Dump completed'),
    });
    expect(await place.image()).toEqual({});
  });

  test('a dump that lacks a table never gets its name', async () => {
    const scratch = await usePlace();
    const bin = await fakeTool(scratch.dir, "echo 'CREATE TABLE `users` ('; echo '-- Dump completed'");
    const { ctx, input, place } = await begin({}, bin);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      short: /the tables in the dump/,
    });
    expect(await place.image()).toEqual({});
  });

  test.each([
    {
      tool: 'MySQL',
      version: 'mysqldump  Ver 8.4.2 for Linux',
      server: '8.4.11',
      tls: '--ssl-mode=DISABLED',
      own: ['--loose-get-server-public-key', '--loose-set-gtid-purged=OFF'],
    },
    {
      tool: 'MySQL for an older server',
      version: 'mysqldump  Ver 8.0.33 for Linux',
      server: '5.7.44-log',
      tls: '--ssl-mode=DISABLED',
      own: ['--loose-get-server-public-key', '--loose-set-gtid-purged=OFF', '--loose-column-statistics=0'],
    },
    {
      tool: 'MariaDB',
      version: 'mariadb-dump  Ver 10.19 Distrib 10.11.6-MariaDB',
      server: '10.11.14-MariaDB-0+deb12u2',
      tls: '--skip-ssl',
      own: [],
    },
  ])('gives $tool the options that it knows', async ({ version, server, tls, own }) => {
    const scratch = await usePlace();
    const seen = join(scratch.dir, 'seen');
    const bin = await fakeTool(scratch.dir, `echo "$@" >'${seen}'; exit 1`, version);
    const { client, place, input } = await begin({}, bin);
    const ofThat = { ...client, version: async () => server };
    const ctx = actContext({ clients: { mysql: ofThat, shell: place.shell } });
    await acts.run(ctx, input, { existed: false });
    const given = (await readFile(seen, 'utf8')).split(' ');
    expect(given[0]).toBe('--defaults-extra-file=/dev/stdin');
    expect(given.filter((option) => option.includes('ssl'))).toEqual([tls]);
    expect(given.filter((option) => option.startsWith('--loose-'))).toEqual(own);
  });

  test.each([
    {
      why: "MariaDB's on MySQL",
      version: 'mysqldump  Ver 10.19 Distrib 10.11.6-MariaDB, for debian-linux-gnu',
      server: '8.0.33',
      what: /mysqldump is of MariaDB 10\.11\.6 and the server is MySQL 8\.0\.33: .*generated columns/,
      remedy: 'Install the client programs of MySQL 8.0 there',
    },
    {
      why: "MySQL's on MariaDB",
      version: 'mysqldump  Ver 8.0.33 for Linux on x86_64 (MySQL Community Server - GPL)',
      server: '11.4.2-MariaDB-ubu2404',
      what: /mysqldump is of MySQL 8\.0\.33 and the server is MariaDB 11\.4\.2: .*COLUMN_STATISTICS/,
      remedy: 'Install the client programs of MariaDB 11.4 there',
    },
    {
      why: 'an older one',
      version: 'mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)',
      server: '8.4.0',
      what: /MySQL 5\.7\.44 .*MySQL 8\.4\.0: an older tool leaves out/,
      remedy: 'Install the client programs of MySQL 8.4 there',
    },
    {
      why: 'one that does not say what it is',
      version: 'hello',
      server: '8.4.0',
      what: /mysqldump does not say which version it is/,
      remedy: expect.stringMatching(/^Install mysqldump/),
    },
  ])('refuses $why before anything is written, and in the dry run', async (unfit) => {
    const scratch = await usePlace();
    const bin = await fakeTool(scratch.dir, "echo '-- Dump completed'", unfit.version);
    const { client, place, input } = await begin({}, bin);
    const ofThat = { ...client, version: async () => unfit.server };
    const ctx = actContext({ clients: { mysql: ofThat, shell: place.shell } });
    expect((await acts.check(ctx, input)).filter(({ level }) => level === 'problem')).toEqual([
      { level: 'problem', what: expect.stringMatching(unfit.what), remedy: unfit.remedy },
    ]);
    expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringMatching(unfit.what),
      remedy: unfit.remedy,
    });
    expect(await place.image()).toEqual({});
  });

  test('the password is neither in the process list nor in the environment nor on disk', async () => {
    const scratch = await usePlace();
    const seen = join(scratch.dir, 'seen');
    const bin = await fakeTool(
      scratch.dir,
      `{ tr '\\0' ' ' <"/proc/$$/cmdline"; env; ls -R '${scratch.dir}'; } >'${seen}'; exit 1`,
    );
    const { ctx, input, client } = await begin({}, bin);
    await acts.run(ctx, input, { existed: false });
    expect(await readFile(seen, 'utf8')).toContain('--defaults-extra-file=/dev/stdin');
    expect(await readFile(seen, 'utf8')).not.toContain(client.access.password());
    expect(optionFile(client.access)).toContain(client.access.password());
  });

  test('what a killed engine left at work is told alive, ended on demand, and proven dead', async () => {
    const scratch = await usePlace();
    const bin = await fakeTool(
      scratch.dir,
      `trap '' TERM; echo "mysqldump: $$" >&2; while :; do sleep 1; done`,
    );
    const pids: string[] = [];
    const { ctx, input, place } = await begin({}, bin);
    const before = await acts.prepare!(ctx, input);
    const log = (chunk: string | Uint8Array) => void pids.push(String(chunk).replace('mysqldump: ', ''));
    const abandoned = acts.run({ ...ctx, log }, input, before);
    await expect.poll(() => pids.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'alive' });
    expect(await acts.end!({ ...ctx, killGraceMs: 100 }, input)).toBe(true);
    // It may be a zombie for a moment: whose child it is by then takes its time.
    expect(Number(pids[0])).toBeGreaterThan(1);
    expect(identify(Number(pids[0]))).toBeNull();
    expect(await abandoned).toMatchObject({ done: false, effect: 'unknown' });
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    expect(await place.image()).toEqual({});
  });

  test('an engine that goes and comes back follows the same dump, and the tool ran once', async () => {
    const { dir } = await usePlace();
    const gate = join(dir, 'gate');
    const real = join(vpsPaths(lab.dir).bin, 'mysqldump');
    const bin = await fakeTool(
      dir,
      `echo x >>'${dir}/calls'; until [ -e '${gate}' ]; do sleep 0.02; done; exec '${real}' "$@"`,
    );
    const { ctx, input, place } = await begin({}, bin);
    const before = await acts.prepare!(ctx, input);
    const claim = await leftRunning(acts, ctx, input, before);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'alive' });
    const followed = acts.run(ctx, input, before);
    expect(await claimOf(place.shell, ctx.runId)).toEqual(claim);
    await writeFile(gate, '');
    const outcome = await followed;
    expect(outcome).toMatchObject({ done: true, output: { tables: ['trades', 'users'] } });
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('x\n');
    expect(await acts.probe(ctx, input, before)).toEqual({
      state: 'done',
      output: outcome.done && outcome.output,
    });
  });

  test('it failed while nobody was there: the recorded exit says why, and it may be retried', async () => {
    const { dir } = await usePlace();
    const gate = join(dir, 'gate');
    const bin = await fakeTool(
      dir,
      `until [ -e '${gate}' ]; do sleep 0.02; done; echo 'mysqldump: Got error: 1045: Access denied' >&2; exit 2`,
    );
    const { ctx, input } = await begin({}, bin);
    const before = await acts.prepare!(ctx, input);
    await leftRunning(acts, ctx, input, before);
    await writeFile(gate, '');
    await expect
      .poll(() => acts.probe(ctx, input, before), { timeout: 10_000 })
      .toMatchObject({
        state: 'failed',
        outcome: { effect: 'none', retryable: true, short: expect.stringContaining('Access denied') },
      });
  });

  test('an attempt of an engine without a supervisor is never taken for dead', async () => {
    const { ctx, input, place } = await begin();
    const old = { existed: false };
    expect(await acts.probe(ctx, input, old)).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('another version of runbook'),
    });
    // As such an engine noted its work: beside the file.
    const note = `${temporaryBeside(input.path, ctx)}.1.pid`;
    await writeFile(note, `${process.pid} exec/0123\n`);
    const next = { ...ctx, attempt: 2 };
    expect(await acts.run(next, input, old)).toMatchObject({ done: false, effect: 'none', living: true });
    expect(await acts.end!(next, input)).toBe(false);
    expect(ctx.logged()).toContain(`${note} of pid ${process.pid}. End it, then remove that file`);
    await rm(note);
    expect(await acts.run({ ...ctx, attempt: 3 }, input, old)).toMatchObject({ done: true });
    expect(Object.keys(await place.image())).toEqual(["it's a dump.sql"]);
  });

  test('a dump that got through before it was ended is not taken again, nor refused as there already', async () => {
    const { ctx, input } = await begin();
    const first = await acts.run(ctx, input, { existed: false });
    expect(first).toMatchObject({ done: true });
    expect(await acts.run({ ...ctx, attempt: 2 }, input, { existed: false })).toEqual(first);
  });

  test('the dry run takes a dump without data and leaves nothing', async () => {
    const { ctx, input, place } = await begin();
    const findings = await acts.check(ctx, input);
    expect(findings.map(({ level }) => level)).toEqual(['verified', 'verified']);
    expect(await place.image()).toEqual({});
  });

  test('the dry run says what is missing: the tool, a right, the way there', async () => {
    const missing = await begin({}, '/nonexistent');
    const shell = (await usePlace({ PATH: '/usr/bin:/bin' })).shell;
    const { client, input, path } = missing;
    const levels = async (ctx = missing.ctx) =>
      (await acts.check(ctx, input)).filter(({ level }) => level === 'problem');
    expect(await levels(actContext({ clients: { mysql: client, shell } }))).toMatchObject([
      { what: /mysqldump/ },
    ]);
    expect(await levels(actContext({ clients: { mysql: client, shell }, runOn: 'elsewhere' }))).toMatchObject(
      [{ what: expect.stringContaining('as seen from local') }],
    );
    expect(path).toContain('dump.sql');
  });

  test('a password that could break out of the option file does not', () => {
    const config = mysql.config.parse({ user: 'a', database: 'd', password: 'x' });
    const text = optionFile({ place: 'local', caFile: null, config, password: () => 'a"#b\\n\nhost=evil' });
    expect(text).toContain('password="a\\"#b\\\\n\\nhost=evil"\n');
  });
});

/** A folder with a mysqldump that ends so, whatever it is asked. */
const toolThat = async (ends: string): Promise<string> => {
  const { dir } = await usePlace();
  const tool = `#!/bin/sh\n[ "$1" = --version ] && { echo '${ofServer}'; exit; }\ncat >/dev/null\n${ends}\n`;
  await writeFile(join(dir, 'mysqldump'), tool, { mode: 0o755 });
  return dir;
};

test('a full disk is called by its name: the tool itself only has a number for it', async () => {
  const tools = await toolThat('echo "mysqldump: Got errno 28 on write" >&2; exit 5');
  const { ctx, input } = await begin({}, tools);
  expect(await acts.run(ctx, input, { existed: false })).toMatchObject({
    done: false,
    effect: 'none',
    remedy: expect.stringContaining('is full: make room'),
  });
});
