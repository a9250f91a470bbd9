import { createClient } from '@supabase/supabase-js';
import { beforeAll, expect, test } from 'vitest';
import { runOnVps } from '../../../docker/native/session.ts';
import { openDatabases } from './databases.ts';
import { checkOut, stopWorker } from './new-release.ts';
import { useOwnLab } from './own-lab.ts';
import { migrate, migrationEnv, pushSchema, startScript } from './scripts.ts';

const lab = await useOwnLab();
const { inMysql, inPostgres } = await openDatabases(lab);
const { auth } = createClient(lab.supabase.url, lab.supabase.serviceRoleKey, {
  auth: { persistSession: false, autoRefreshToken: false },
});

beforeAll(async () => {
  await stopWorker(lab);
  expect((await pushSchema(lab)).result).toEqual({ tables: 15, open: 0 });
});

const publicTables = async (): Promise<string[]> =>
  (await inPostgres("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).map((row) =>
    String(row.tablename),
  );

/** Content of every table, and `xmin`, which changes when a row is written again with the same content. */
const everything = async () => {
  const found: Record<string, unknown> = {};
  for (const table of [...(await publicTables()), 'migration.id_map', 'auth.users'])
    [found[table]] = await inPostgres(
      `SELECT count(*)::int AS n, md5(string_agg(t::text, '|' ORDER BY t::text)) AS content, max(xmin::text::bigint) AS written FROM ${table} t`,
    );
  return found;
};

const clear = async () => {
  await inPostgres('TRUNCATE auth.users CASCADE');
  await inPostgres('TRUNCATE migration.id_map');
};

test('pushing the schema twice is the same as once', async () => {
  expect(await pushSchema(lab)).toMatchObject({ code: 0, result: { tables: 15, open: 0 } });
});

test('looking first connects, counts and writes nothing', async () => {
  const { code, result } = await migrate(lab, '--check');
  expect(code).toBe(0);
  expect(result).toMatchObject({ check: true, mysql: { users: 60, trades: 3000 }, postgres: { users: 0 } });
  expect(await inPostgres('SELECT 1 FROM auth.users')).toEqual([]);
});

test('two users whose addresses differ in case only stop it before anything is written', async () => {
  await inMysql('ALTER TABLE users MODIFY email VARCHAR(191) COLLATE utf8mb4_bin NOT NULL');
  await inMysql("UPDATE users SET email = 'TRADER3@lab.test' WHERE email = 'trader5@lab.test'");
  const { code, stderr } = await migrate(lab);
  expect(code).toBe(1);
  expect(stderr).toContain('Nothing was written.');
  expect(stderr).toMatch(/The users cusr0+2 and cusr0+4 have the same e-mail address but for its case/);
  expect(await inPostgres('SELECT 1 FROM auth.users')).toEqual([]);
  await inMysql("UPDATE users SET email = 'trader5@lab.test' WHERE email = 'TRADER3@lab.test'");
});

test('an unknown column stops it too', async () => {
  await inMysql('ALTER TABLE trades ADD strategy VARCHAR(50)');
  const { code, stderr } = await migrate(lab);
  expect(code).toBe(1);
  expect(stderr).toContain('trades.strategy is in MySQL, but the migration does not know it');
  await inMysql('ALTER TABLE trades DROP COLUMN strategy');
});

test('an address that somebody else has in Supabase is an error that names the old id', async () => {
  const { data } = await auth.admin.createUser({ email: 'trader3@lab.test', email_confirm: true });
  const { code, stderr } = await migrate(lab);
  expect(code).toBe(1);
  expect(stderr).toMatch(/user cusr0+2 belongs to another user of Supabase Auth, /);
  expect(stderr).toContain(data.user?.id);
  await clear();
});

test('every table arrives whole; a second run changes nothing', async () => {
  const first = await migrate(lab);
  expect(first).toMatchObject({ code: 0, result: { users: 60, created_users: 60, stale_passwords: 0 } });
  const counts = first.result?.tables as Record<string, number>;
  expect(Object.keys(counts).sort()).toEqual(await publicTables());
  for (const [table, n] of Object.entries(counts)) {
    expect(n, table).toBeGreaterThan(0);
    expect(await inMysql(`SELECT COUNT(*) AS n FROM ${table}`), table).toEqual([{ n }]);
    expect(await inPostgres(`SELECT count(*)::int AS n FROM ${table}`), table).toEqual([{ n }]);
  }
  expect(first.result).toMatchObject({ skipped: { password_resets: 15 }, rows: 8450, changed: 8450 });

  const before = await everything();
  expect((await migrate(lab)).result).toMatchObject({ changed: 0, created_users: 0, rows: 8450 });
  expect(await everything()).toEqual(before);
});

test('values are the same to the last digit, blank and emoji', async () => {
  const fields = (time: (column: string) => string, text: string, name: (column: string) => string) =>
    [
      ...['entryPrice', 'exitPrice', 'quantity', 'realizedPnlUsd', 'riskRewardRatio', 'points'].map(
        (column) => `CAST(${name(column)} AS ${text}) AS ${name(column)}`,
      ),
      `${time('openedAt')} AS opened`,
      name('note'),
      name('importHash'),
      'rating',
    ].join(', ');
  const old = await inMysql(
    `SELECT id AS old_id, ${fields(
      (c) => `CAST(${c} AS CHAR)`,
      'CHAR',
      (c) => c,
    )} FROM trades ORDER BY id`,
  );
  const fresh = await inPostgres(
    `SELECT m.old_id, ${fields(
      (c) => `to_char("${c}", 'YYYY-MM-DD HH24:MI:SS.MS')`,
      'text',
      (c) => `"${c}"`,
    )}
     FROM trades t JOIN migration.id_map m ON m.entity = 'trades' AND m.new_id = t.id ORDER BY m.old_id`,
  );
  expect(fresh).toEqual(old);
  expect(JSON.stringify(fresh)).toContain('9999999999.99999999');
});

test('a zero date becomes NULL and is counted; JSON is JSON; addresses are lower case', async () => {
  const [zero] = await inMysql(
    "SELECT (SELECT COUNT(*) FROM trades WHERE closedAt = '0000-00-00') + (SELECT COUNT(*) FROM users WHERE lastLoginAt = '0000-00-00') AS n",
  );
  expect(zero?.n).toBeGreaterThan(0);
  expect((await migrate(lab)).result).toMatchObject({ nulled_dates: zero?.n });
  expect(await inPostgres(`SELECT mapping->>'entryPrice' AS price FROM import_profiles LIMIT 1`)).toEqual([
    { price: "Prix d'entrée" },
  ]);
  expect(
    await inPostgres(
      'SELECT count(*)::int AS n FROM users u JOIN auth.users a ON a.id = u.id AND a.email = u.email AND u.email = lower(u.email)',
    ),
  ).toEqual([{ n: 60 }]);
});

test('where a user comes from is written where the user cannot change it', async () => {
  const { data } = await auth.admin.listUsers({ perPage: 1 });
  expect(data.users[0]?.app_metadata).toMatchObject({ migrated_from: 'mysql' });
  expect(data.users[0]?.user_metadata).not.toHaveProperty('migrated_from');
});

test('a run that is killed in the middle is completed by the next', async () => {
  const whole = await everything();
  await clear();
  const running = startScript('migrate-to-supabase.mjs', migrationEnv(lab));
  await running.told('trades 2000');
  running.kill();
  await running.outcome;
  const [left] = await inPostgres('SELECT count(*)::int AS n FROM trade_tags');
  expect(left?.n).toBe(0);

  expect(await migrate(lab)).toMatchObject({ code: 0, result: { users: 60 } });

  const contents = (of: Record<string, unknown>) =>
    Object.entries(of)
      .filter(([table]) => table !== 'auth.users')
      .map(([table, found]) => [table, (found as { content: string }).content]);
  expect(contents(await everything())).toEqual(contents(whole));
});

test('a Postgres that goes away in the middle is named in the last line, and the next run completes it', async () => {
  const whole = await everything();
  await clear();
  const running = startScript('migrate-to-supabase.mjs', migrationEnv(lab));
  await running.told('trades 2000');
  await inPostgres(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${lab.postgres.user}' AND pid <> pg_backend_pid()`,
  );
  const { code, stderr } = await running.outcome;
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    /^migrate: (Postgres went away: .*Run it again|.*terminating connection)/,
  );
  expect(await migrate(lab)).toMatchObject({ code: 0, result: { users: 60 } });
  expect(Object.keys(await everything())).toEqual(Object.keys(whole));
});

test('a changed row is brought up to date, an extra row is reported', async () => {
  await inMysql("UPDATE tags SET color = '#000000' ORDER BY id LIMIT 1");
  expect((await migrate(lab)).result).toMatchObject({ changed: 1 });
  await inMysql('DELETE FROM screenshots ORDER BY id LIMIT 1');
  const { code, stderr } = await migrate(lab);
  expect(code).toBe(1);
  expect(stderr).toContain('The counts differ. screenshots: MySQL has 39 rows, Postgres 40');
});

test('the faulty release cuts prices to four decimals, and nothing in its own figures says so', async () => {
  await inPostgres('DELETE FROM screenshots');
  const at = `${lab.vps.home}/faulty`;
  await checkOut(lab, lab.git.faulty, at);
  const env = Object.entries(migrationEnv(lab)).map(([name, value]) => `export ${name}='${value}'`);
  const said = await runOnVps(
    lab.ssh,
    `${env.join('\n')}\ncd ${at}\nnode scripts/migrate-to-supabase.mjs 2>/dev/null`,
  );
  expect(JSON.parse(said)).toMatchObject({ users: 60, tables: { trades: 3000 } });
  const [wrong] = await inPostgres(
    'SELECT count(*) FILTER (WHERE "entryPrice" <> round("entryPrice", 4))::int AS exact, count(*) FILTER (WHERE quantity <> round(quantity, 4))::int AS quantities FROM trades',
  );
  expect(wrong).toMatchObject({ exact: 0 });
  expect(wrong?.quantities).toBeGreaterThan(0);
});
