import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { postgres } from '../../../steps/_targets/postgres/target.ts';
import { acts as ownActs } from '../../../steps/postgres-restore/acts.ts';
import { postgresRestore } from '../../../steps/postgres-restore/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { useLab } from '../../support/lab.ts';
import { openClient, postgresConfig } from '../../support/open-target.ts';
import { usePostgresRole } from '../../support/own-account.ts';
import { usePlace } from '../../support/place.ts';
import { useDump } from './dumped.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();
const fresh = { existed: false, supervised: true } as const;

const begin = async () => {
  const world = await useDump(lab, await usePlace());
  return { ...world, input: postgresRestore.input.parse({ path: world.path, database: world.scratch }) };
};

describe('postgres.restore', () => {
  test('restores, counts exactly, and the undo drops what it made', async () => {
    const { ctx, input, dump, db, client, scratch, tablesOf } = await begin();
    await db.ask("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    await db.ask('CREATE PUBLICATION p FOR ALL TABLES');
    const sha256 = await dump();
    const before = await acts.prepare!(ctx, input);
    expect(before).toEqual(fresh);
    const output = {
      database: scratch,
      tables: { 'public.users': 2, 'shop.odd "name': 0 },
      rows: 2,
      seconds: expect.any(Number),
      unproven: [
        'functions: 1 (made, not called)',
        'owners and rights (left out)',
        'publications (left out): 1',
      ],
    };
    expect(await acts.run(ctx, { ...input, sha256 }, before)).toEqual({ done: true, output });
    const session = await client.inDatabase(scratch).open('read');
    expect((await session.query('SELECT note FROM users WHERE id = 1')).rows).toEqual([
      { note: 'a\n\\connect postgres\n🎯' },
    ]);
    await session.close();
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'done', output });
    for (const _again of [1, 2]) {
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
      expect(await tablesOf(scratch)).toBeNull();
    }
    expect(await tablesOf(db.name)).toEqual(['public.users', 'shop.odd "name']);
  });

  test('keep: false leaves nothing behind', async () => {
    const { ctx, input, dump, scratch, tablesOf } = await begin();
    await dump();
    const outcome = await acts.run(ctx, { ...input, keep: false }, fresh);
    expect(outcome).toMatchObject({ done: true, output: { rows: 2 } });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('never drops what it did not make, nor restores into its own database', async () => {
    const { ctx, input, dump, db, client, scratch, tablesOf } = await begin();
    await dump();
    await db.ask(`CREATE DATABASE ${scratch}`);
    const there = await client.inDatabase(scratch).open('write');
    await there.query('CREATE TABLE precious (id INT)');
    await there.commit();
    await there.close();
    const greedy = { ...input, replace: true };
    const before = await acts.prepare!(ctx, greedy);
    expect(before).toEqual({ existed: true, supervised: true });
    expect(await acts.run(ctx, greedy, before)).toMatchObject({
      done: false,
      effect: 'none',
      short: /never dropped/,
    });
    expect((await acts.check(ctx, greedy)).filter(({ level }) => level === 'problem')).toHaveLength(1);
    for (const image of [before, fresh]) await acts.undo!(ctx, greedy, image);
    expect(await tablesOf(scratch)).toEqual(['public.precious']);
    const own = { ...input, database: db.name, replace: true };
    expect(await acts.run(ctx, own, before)).toMatchObject({ done: false, short: /own database/ });
    await acts.undo!(ctx, own, fresh);
    expect(await tablesOf(db.name)).toHaveLength(2);
  });

  test('replaces the scratch database of an earlier restore only where told to', async () => {
    const { ctx, context, input, dump, scratch, tablesOf } = await begin();
    await dump();
    expect(await acts.run(ctx, input, fresh)).toMatchObject({ done: true });
    const next = context();
    const was = { existed: true, supervised: true } as const;
    expect(await acts.run(next, input, was)).toMatchObject({ done: false, remedy: /replace: true/ });
    await acts.undo!(next, input, was);
    expect(await tablesOf(scratch)).toHaveLength(2);
    expect(await acts.run(next, { ...input, replace: true }, was)).toMatchObject({ done: true });
  });

  test('a dump that fails half-way leaves no database behind, and says why without a row', async () => {
    const { ctx, input, dump, db, scratch, tablesOf } = await begin();
    // True while the dump was taken, and not where it is restored.
    await db.ask(
      "CREATE FUNCTION here() RETURNS bool LANGUAGE sql AS $$SELECT current_database() NOT LIKE 'scratch%'$$",
    );
    await db.ask('CREATE TABLE secrets (word TEXT CHECK (public.here()))');
    await db.ask("INSERT INTO secrets VALUES ('hush-hush')");
    await dump();
    const outcome = await acts.run(ctx, input, fresh);
    expect(outcome).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringMatching(/^the restore failed: pg_restore: error: .*check constraint/),
    });
    expect(JSON.stringify(outcome) + ctx.logged()).not.toContain('hush-hush');
    expect(await tablesOf(scratch)).toBeNull();
  });

  test.each([
    [
      'cut',
      async (path: string) => writeFile(path, (await readFile(path)).subarray(0, -700)),
      /cannot be read|no pg_restore/,
    ],
    ['no archive', async (path: string) => writeFile(path, 'SELECT 1;'), /no archive of pg_dump/],
  ])('a dump that is %s is refused before anything is made', async (_, spoil, why) => {
    const { ctx, input, dump, path, scratch, tablesOf } = await begin();
    const sha256 = await dump();
    await spoil(path);
    const refused = { done: false, effect: 'none', short: expect.stringMatching(why) };
    expect(await acts.run(ctx, { ...input, sha256 }, fresh)).toMatchObject(refused);
    expect((await acts.check(ctx, input)).filter(({ level }) => level === 'problem')).toHaveLength(1);
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('another dump than the one that was taken, and one of a newer server, are refused', async () => {
    const { ctx, client, shell, input, dump, scratch, tablesOf } = await begin();
    await dump();
    expect(await acts.run(ctx, { ...input, sha256: '0'.repeat(64) }, fresh)).toMatchObject({
      done: false,
      retryable: false,
      short: expect.stringContaining('is not the dump that was taken'),
    });
    const older = { ...client, version: async () => ({ major: 12, shown: 'Postgres 12.1' }) };
    const there = actContext({ clients: { postgres: older, shell } });
    expect(await acts.run(there, input, fresh)).toMatchObject({
      done: false,
      short: expect.stringMatching(/of Postgres 18, and this server is the older Postgres 12\.1/),
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('without CREATEDB the dry run says so, and nothing is made', async () => {
    const { db, shell, input, dump, scratch, tablesOf } = await begin();
    await dump();
    const role = await usePostgresRole(lab, 'LOGIN');
    const config = { ...postgresConfig(lab, db.name), user: role.name, password: role.password };
    const ctx = actContext({ clients: { postgres: await openClient('postgres', postgres, config), shell } });
    const problems = (await acts.check(ctx, input)).filter(({ level }) => level === 'problem');
    expect(problems).toMatchObject([{ remedy: `ALTER ROLE "${role.name}" CREATEDB` }]);
    expect(await acts.run(ctx, input, fresh)).toMatchObject({
      done: false,
      effect: 'none',
      short: expect.stringContaining('permission denied to create database'),
    });
    expect(await tablesOf(scratch)).toBeNull();
  });

  test('names that are not a scratch database are refused at load', () => {
    for (const database of ['postgres', 'Template1', 'a"b', 'a.b', ''])
      expect(postgresRestore.input.safeParse({ path: '/x', database }).success).toBe(false);
  });
});
