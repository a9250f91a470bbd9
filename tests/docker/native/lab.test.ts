import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { down, type LabInfo, reset, status, up } from '../../../docker/native/lab.ts';
import { openLabRoot } from '../../../docker/native/place.ts';
import { isAlive, startedWith } from '../../../docker/native/process-table.ts';
import { marker, recorded } from '../../../docker/native/servers.ts';
import { runOnVps } from '../../../docker/native/session.ts';
import { watchOver } from '../../../docker/native/watchdog.ts';

const dir = mkdtempSync(join(openLabRoot(), 'test-lab-'));
let lab: LabInfo;
const callOff = watchOver(dir, inject('labOwner'), 'remove');
beforeAll(async () => {
  lab = await up(dir);
});
afterAll(async () => {
  await down(dir);
  callOff();
  rmSync(dir, { recursive: true });
});

const onVps = (script: string): Promise<string> => runOnVps(lab.ssh, script);

const countTrades = async (): Promise<number> => {
  const { host, port, user, password, database } = lab.mysql;
  const connection = await mysql.createConnection({ host, port, user, password, database });
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS n FROM trades');
    return rows[0]?.n;
  } finally {
    await connection.end();
  }
};

const users = (): Promise<{ id: string }[]> =>
  onPostgres(async (app) => (await app.query('SELECT id FROM auth.users')).rows);

/** As the app: what it may read and make is part of what is tested. */
const onPostgres = async <T>(work: (app: pg.Client) => Promise<T>): Promise<T> => {
  const { host, port, user, password, database } = lab.postgres;
  const app = new pg.Client({ host, port, user, password, database });
  await app.connect();
  try {
    return await work(app);
  } finally {
    await app.end();
  }
};

const mails = async (): Promise<number> => {
  const answer = await fetch(`${lab.mail.inboxUrl}/api/v1/messages`);
  return ((await answer.json()) as { total: number }).total;
};

const supabase = (key: string) => createClient(lab.supabase.url, key, { auth: { persistSession: false } });

const refuses = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(!socket.destroy()));
    socket.once('error', () => resolve(true));
  });

describe('a lab that is up', () => {
  test('answers as the old app through nginx, and says so of every server', async () => {
    const answer = await fetch(lab.web.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('content="1.4.0"');
    expect((await status(dir)).map(({ name, up }) => [name, up])).toEqual([
      ['mysql', true],
      ['postgres', true],
      ['sshd', true],
      ['nginx', true],
      ['auth', true],
      ['supabase', true],
      ['inbox', true],
      ['trading-journal', true],
    ]);
  });

  test('shows the flag to users with 503, also to a POST, and lets the smoke client pass', async () => {
    await onVps(`echo closed > ${lab.vps.flagFile}`);
    const closed = await fetch(lab.web.url);
    expect(closed.status).toBe(503);
    expect(closed.headers.get('retry-after')).toBe('120');
    expect((await fetch(`${lab.web.url}/login`, { method: 'POST' })).status).toBe(503);
    const headers = { [lab.web.bypassHeader]: lab.web.bypassValue };
    expect((await fetch(`${lab.web.url}/healthz`, { headers })).status).toBe(200);
    await onVps(`rm ${lab.vps.flagFile}`);
    expect((await fetch(lab.web.url)).status).toBe(200);
  });

  test('dumps the database on the VPS with its routines and triggers', async () => {
    const { port, user, password, database } = lab.mysql;
    const options = '--protocol=tcp --single-transaction --routines --triggers --events';
    const dump = await onVps(
      `printf '[client]\\npassword=%s\\n' ${password} | mysqldump --defaults-extra-file=/dev/stdin -h127.0.0.1 -P${port} -u${user} ${options} ${database}`,
    );
    for (const part of ['CREATE TABLE `trades`', 'close_trade', 'touch_trade', '📈', '-- Dump completed'])
      expect(dump).toContain(part);
  });

  test('has Postgres with the app as owner of its database', async () => {
    const { host, port, user, password, database } = lab.postgres;
    const client = new pg.Client({ host, port, user, password, database });
    await client.connect();
    await client.query('CREATE TABLE made_here (n int)');
    await client.end();
  });

  test('says which Auth runs, and gives keys that it takes', async () => {
    expect(lab.supabase.auth).toMatch(/^(stand-in$|supabase\/auth )/);
    const { data, error } = await supabase(lab.supabase.serviceRoleKey).auth.admin.listUsers();
    expect(error).toBeNull();
    expect(data.users).toEqual([]);
  });

  test("has Supabase's roles and default privileges: a new table without RLS is open to the anon key", async () => {
    await onPostgres((app) =>
      app.query(
        `CREATE TABLE public.profiles (id uuid REFERENCES auth.users (id)); SET ROLE anon; TABLE profiles`,
      ),
    );
    expect((await supabase(lab.supabase.anonKey).from('profiles').select('*')).data).toEqual([]);
  });

  test('keeps three commits with the same hashes on every machine', () => {
    expect(lab.git).toMatchObject({
      v1: expect.stringMatching(/^f9b044f/),
      v2: expect.stringMatching(/^2dc69ea/),
      faulty: expect.stringMatching(/^bb77093/),
    });
  });

  test('leaves no account on the machine', () => {
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain(dir);
  });
});

test('a second up changes nothing and starts nothing', async () => {
  const before = recorded(dir);
  expect(await up(dir)).toEqual(lab);
  expect(recorded(dir)).toEqual(before);
});

test('two at once make one lab', async () => {
  await down(dir);
  const [one, other] = await Promise.all([up(dir), up(dir)]);
  expect(one).toEqual(other);
  lab = one;
});

/** By where they work: the parent and the command line say nothing of a worker whose master was killed. */
const workingInLab = (): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(dir);
    } catch {
      return false;
    }
  });

const killMasters = async (names: readonly string[]) => {
  const killed = recorded(dir).filter(({ name }) => names.includes(name));
  for (const { pid } of killed) process.kill(pid, 'SIGKILL');
  await expect.poll(() => killed.filter(isAlive)).toEqual([]);
};

test('an up after a crash of one server ends the rest first, its orphaned worker too', async () => {
  const before = recorded(dir);
  await killMasters(['nginx']);
  const orphans = workingInLab();
  lab = await up(dir);
  expect(before.filter(isAlive)).toEqual([]);
  expect(workingInLab().filter((pid) => orphans.includes(pid))).toEqual([]);
});

test('down leaves nothing of servers that were all killed', async () => {
  await onVps('setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo started');
  await killMasters(recorded(dir).map(({ name }) => name));
  expect(workingInLab()).not.toEqual([]);
  await down(dir);
  expect(workingInLab()).toEqual([]);
  expect(startedWith(marker, dir)).toEqual([]);
  lab = await up(dir);
});

test('reset restores rows, checkout and flag without restarting a server', async () => {
  const before = recorded(dir);
  await onVps(
    `cd ${lab.vps.oldRelease} && git checkout -q ${lab.git.v2} && echo closed > ${lab.vps.flagFile}`,
  );
  const trades = await countTrades();
  const { host, port, user, password, database } = lab.mysql;
  const connection = await mysql.createConnection({ host, port, user, password, database });
  await connection.query('DELETE FROM trades LIMIT 7');
  await connection.end();
  expect(await countTrades()).toBe(trades - 7);

  const { auth } = supabase(lab.supabase.serviceRoleKey);
  await auth.admin.createUser({ email: 'someone@journal.test', email_confirm: true });
  await auth.resetPasswordForEmail('someone@journal.test');
  expect([(await users()).length, await mails()]).toEqual([1, 1]);

  expect(await reset(dir)).toEqual(lab);
  expect(recorded(dir)).toEqual(before);
  expect(await countTrades()).toBe(trades);
  expect(await (await fetch(lab.web.url)).text()).toContain('content="1.4.0"');
  expect((await onVps(`git -C ${lab.vps.oldRelease} rev-parse HEAD`)).trim()).toBe(lab.git.v1);
  expect([await users(), await mails()]).toEqual([[], 0]);
  const tables = await onPostgres((app) =>
    app.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),
  );
  expect(tables.rows).toEqual([]);
  const again = await auth.admin.createUser({ email: 'someone@journal.test', email_confirm: true });
  expect(again.error).toBeNull();
});

test('down ends its servers, pm2 and what a session left running, and no process with a reused pid', async () => {
  await onVps('setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo started');
  const stranger = Number(
    execFileSync('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' }),
  );
  const id = { pid: stranger, startTime: '1', bootId: '' };
  const record = { name: 'stranger', port: 1, stop: 'SIGTERM', program: '/bin/sleep', ...id };
  writeFileSync(join(dir, 'servers', 'stranger.json'), JSON.stringify(record));
  const alive = [...recorded(dir).filter(isAlive), ...startedWith(marker, dir)];
  expect(alive.length).toBeGreaterThanOrEqual(10);

  expect(await down(dir)).toBe(true);

  expect(await down(dir), 'it was not up any more').toBe(false);
  expect(alive.filter(isAlive)).toEqual([]);
  expect(startedWith(marker, dir)).toEqual([]);
  expect(() => process.kill(stranger, 0)).not.toThrow();
  process.kill(stranger, 'SIGKILL');
  const ports = [lab.mysql.port, lab.postgres.port, lab.ssh.port, lab.web.appPort, lab.mail.smtpPort];
  for (const port of [...ports, Number(new URL(lab.supabase.url).port)])
    expect(await refuses(port)).toBe(true);
  expect((await status(dir)).every((s) => !s.up)).toBe(true);
});
