import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providePostgresClients } from '../../../docker/native/postgres-clients.ts';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as ownActs } from '../../../steps/postgres-dump/acts.ts';
import { postgresDump } from '../../../steps/postgres-dump/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { claimOf, leftRunning } from '../../support/job-claim.ts';
import { useLab } from '../../support/lab.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresRole } from '../../support/own-account.ts';
import { usePostgresDatabase } from '../../support/own-database.ts';
import { usePlace } from '../../support/place.ts';
import { withPostgresTools } from '../../support/postgres-tools.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const fresh = { existed: false, supervised: true } as const;

const begin = async (...first: readonly string[]) => {
  const db = await usePostgresDatabase(lab);
  await db.ask('CREATE TABLE users (id INT PRIMARY KEY, note TEXT)');
  // What looks like the head of a table, as a row and in a routine.
  const fake = '-- Name: fake; Type: TABLE; Schema: public; Owner: x';
  await db.ask(`INSERT INTO users VALUES (1, E'\\n${fake} 🎯'), (2, NULL)`);
  // Its rows take more of an archive than the definitions.
  await db.ask('INSERT INTO users SELECT n, md5(n::text) FROM generate_series(3, 3000) AS n');
  await db.ask('CREATE TABLE notes (line TEXT)');
  await db.ask(`INSERT INTO notes VALUES ('${fake}'), ('COPY public.x FROM stdin;')`);
  await db.ask('CREATE SCHEMA shop');
  await db.ask(`CREATE TABLE shop."odd ""name" (at DATE) PARTITION BY RANGE (at)`);
  await db.ask('CREATE VIEW seen AS SELECT id FROM users');
  const place = await usePlace();
  const shell = await withPostgresTools(lab, place.shell, ...first);
  const client = await openClient('postgres', postgres, postgresConfig(lab, db.name));
  const ctx = actContext({ clients: { postgres: client, shell } });
  const path = join(place.dir, "it's a dump.pg");
  const input = postgresDump.input.parse({ path });
  return { db, place, shell, client, ctx, path, input };
};

const tables = ['public.notes', 'public.users', 'shop.odd "name'];

/** A pg_dump of the test's own. */
const fakeTool = async (script: string, version = 'pg_dump (PostgreSQL) 18.6'): Promise<string> => {
  const { dir } = await usePlace();
  const tool = `#!/bin/sh\n[ "$1" != --version ] || { echo '${version}'; exit; }\n${script}\n`;
  await writeFile(join(dir, 'pg_dump'), tool);
  await chmod(join(dir, 'pg_dump'), 0o755);
  return dir;
};

/** The file that a tool is told to write. */
const toFile = 'for a in "$@"; do case $a in --file=*) f=${a#--file=};; esac; done';

describe('postgres.dump', () => {
  test.each(['custom', 'plain'])('writes a checked dump (%s), and the undo removes it', async (format) => {
    const { ctx, path, place, ...world } = await begin();
    const input = { ...world.input, format: format as 'custom' | 'plain' };
    expect((await acts.check(ctx, input)).filter(({ level }) => level !== 'verified')).toEqual([]);
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    const next = { ...ctx, attempt: 2 };
    const outcome = await acts.run(next, input, before);
    const bytes = await readFile(path);
    const output = {
      path,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      tables,
      tool_version: expect.stringMatching(/^pg_dump version 18\..*, database version 18\.4/),
    };
    expect(outcome).toEqual({ done: true, output });
    expect(ctx.logged()).toBe('');
    expect(Object.entries(await place.image())).toEqual([
      ["it's a dump.pg", expect.stringMatching(/^100600 /)],
    ]);
    expect(await acts.probe(next, input, before)).toEqual({ state: 'done', output });
    for (const _again of [1, 2])
      expect(await acts.undo!(next, input, before)).toEqual({ done: true, output: null });
    expect(await place.image()).toEqual({});
  });

  test('takes the schemas or the tables that are named, whatever their names mean in a pattern', async () => {
    const { ctx, db, input, path } = await begin();
    await db.ask('CREATE TABLE "us*" (id INT)');
    const only = async (what: object, at: string) => {
      const outcome = await acts.run(
        actContext({
          clients: { postgres: await ctx.connect('postgres'), shell: await ctx.connect('shell') },
        }),
        { ...input, ...what, path: at },
        fresh,
      );
      return outcome.done ? outcome.output.tables : outcome.short;
    };
    expect(await only({ schemas: ['shop'] }, `${path}.1`)).toEqual(['shop.odd "name']);
    expect(await only({ tables: ['public.us*'] }, `${path}.2`)).toEqual(['public.us*']);
    expect(await only({ tables: ['public.gone'] }, `${path}.3`)).toMatch(/no matching tables were found/);
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
    for (const image of [before, fresh]) await acts.undo!(ctx, input, image);
    expect(await readFile(path, 'utf8')).toBe('an older backup');
  });

  test.each([
    ['that is cut', (f: string) => `truncate -s -9000 "${f}"`, 'custom', /cannot be read to its end/],
    ['that is cut', (f: string) => `truncate -s -9000 "${f}"`, 'plain', /dump complete/],
    ['of the wrong kind', (f: string) => `echo hello >"${f}"`, 'custom', /no archive/],
  ])('a dump %s never gets its name', async (_, spoil, format, why) => {
    const real = join(await providePostgresClients(), 'pg_dump');
    const tool = await fakeTool(`${toFile}\n'${real}' "$@" || exit 1\n${spoil('$f')}`);
    const { ctx, input, place } = await begin(tool);
    const outcome = await acts.run(ctx, { ...input, format: format as 'custom' | 'plain' }, fresh);
    expect(outcome).toMatchObject({ done: false, effect: 'none', short: expect.stringMatching(why) });
    expect(await place.image()).toEqual({});
  });

  test('a dump that lacks a table never gets its name', async () => {
    const real = join(await providePostgresClients(), 'pg_dump');
    const { ctx, input, place } = await begin(await fakeTool(`exec '${real}' "$@" --exclude-table=users`));
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: false, short: /the tables in the dump/ });
    expect(await place.image()).toEqual({});
  });

  test('a pg_dump that is older than the server is refused before anything is written, and in the dry run', async () => {
    const { client, input, place } = await begin();
    const bin = await fakeTool('exit 1', 'pg_dump (PostgreSQL) 9.6.24');
    // No other one on this machine is new enough for it.
    const newer = { ...client, version: async () => ({ major: 99, shown: 'Postgres 99.1' }) };
    const shell = await withPostgresTools(lab, place.shell, bin);
    const ctx = actContext({ clients: { postgres: newer, shell } });
    const what = /pg_dump is of Postgres 9\.6\.24 and the server is Postgres 99\.1/;
    const remedy = expect.stringContaining('postgresql-client-99');
    expect((await acts.check(ctx, input)).filter(({ level }) => level === 'problem')).toEqual([
      { level: 'problem', what: expect.stringMatching(what), remedy },
    ]);
    const refused = {
      done: false,
      effect: 'none',
      retryable: false,
      short: expect.stringMatching(what),
      remedy,
    };
    expect(await acts.run(ctx, input, fresh)).toMatchObject(refused);
    expect(await place.image()).toEqual({});
  });

  test('the password is in the environment of the tool alone: not on a command line, not on disk, nowhere else', async () => {
    const seen = join((await usePlace()).dir, 'seen');
    const bin = await fakeTool(
      `{ tr '\\0' ' ' <"/proc/$$/cmdline"; echo; tr '\\0' '\\n' <"/proc/$PPID/environ"; } >'${seen}'; env >'${seen}.env'; exit 1`,
    );
    const { ctx, input, client, place } = await begin(bin);
    await acts.run(ctx, input, fresh);
    const password = client.access.password();
    expect(await readFile(seen, 'utf8')).toContain('--no-password');
    expect(await readFile(seen, 'utf8')).not.toContain(password);
    expect(await readFile(`${seen}.env`, 'utf8')).toContain(`PGPASSWORD=${password}\n`);
    expect(JSON.stringify(await place.image())).not.toContain(Buffer.from(password).toString('base64'));
  });

  test('an engine that goes and comes back follows the same dump, and the tool ran once', async () => {
    const { dir } = await usePlace();
    const gate = join(dir, 'gate');
    const real = join(await providePostgresClients(), 'pg_dump');
    const bin = await fakeTool(
      `echo x >>'${dir}/calls'; until [ -e '${gate}' ]; do sleep 0.02; done; exec '${real}' "$@"`,
    );
    const { ctx, input, place } = await begin(bin);
    const before = await acts.prepare!(ctx, input);
    const claim = await leftRunning(acts, ctx, input, before);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'alive' });
    const followed = acts.run(ctx, input, before);
    expect(await claimOf(place.shell, ctx.runId)).toEqual(claim);
    await writeFile(gate, '');
    expect(await followed).toMatchObject({ done: true, output: { tables } });
    expect(await readFile(join(dir, 'calls'), 'utf8')).toBe('x\n');
  });

  test('what the role may not read, and what row level security hides, are problems of the dry run', async () => {
    const { db, shell, input } = await begin();
    await db.ask('CREATE SEQUENCE numbers');
    await db.ask('ALTER TABLE notes ENABLE ROW LEVEL SECURITY');
    const role = await usePostgresRole(lab, 'LOGIN');
    await db.ask(`GRANT SELECT ON notes, users TO ${role.name}`);
    await db.ask(`GRANT USAGE ON SCHEMA shop TO ${role.name}`);
    const config = { ...postgresConfig(lab, db.name), user: role.name, password: role.password };
    const ctx = actContext({ clients: { postgres: await openClient('postgres', postgres, config), shell } });
    const problems = (await acts.check(ctx, input)).filter(({ level }) => level === 'problem');
    expect(problems.map(({ what }) => what)).toEqual([
      expect.stringMatching(/permission denied for table odd "name/),
      "row level security hides rows of public.notes from the target's user: pg_dump would refuse",
      "the target's user may not read the sequence public.numbers",
    ]);
    expect(await acts.run(ctx, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: /permission denied/,
    });
  });

  test('schemas and tables together are refused at load, and a table without its schema', () => {
    const parse = (more: object) => postgresDump.input.safeParse({ path: '/x', ...more }).success;
    expect(parse({ schemas: ['a'], tables: ['a.b'] })).toBe(false);
    expect(parse({ tables: ['users'] })).toBe(false);
  });
});
