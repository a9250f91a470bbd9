/** --dry-run reads everything for real and changes nothing anywhere. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { useMysqlDatabase } from '../support/own-database.ts';
import { approvers, asks, databaseTarget, leaves, steady, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();

const useRehearsal = async (more: Readonly<Record<string, unknown>> = {}) => {
  const database = await useMysqlDatabase(lab);
  await database.ask('CREATE TABLE users (id INT PRIMARY KEY, name VARCHAR(20))');
  await database.ask("INSERT INTO users VALUES (1, 'ada'), (2, 'bob')");
  const none = { undo: { none: 'a rehearsal' } };
  const night = useCliRun(
    lab,
    (vps) => ({
      approvers,
      secrets: { db_password: { env: 'DB_PASSWORD' } },
      targets: { vps: vpsTarget(lab, vps), db: databaseTarget(lab, database.name) },
      steps: [
        {
          id: 'page-on',
          type: 'file.write',
          run_on: 'vps',
          with: { path: join(vps, 'page'), content: 'back shortly' },
          preconditions: [{ type: 'http.check', with: { url: `${lab.web.url}/healthz` } }],
        },
        leaves('stop-app', vps, more),
        {
          id: 'freeze',
          type: 'mysql.query',
          target: 'db',
          with: { sql: "UPDATE users SET name = 'x'", effects: 'write', expect: { affected: 2 } },
          rollback: none,
        },
        { id: 'count', type: 'mysql.query', target: 'db', with: { sql: 'SELECT COUNT(*) AS n FROM users' } },
        {
          id: 'dump',
          type: 'mysql.dump',
          run_on: 'vps',
          target: 'db',
          with: { path: join(vps, 'dump.sql') },
        },
        {
          id: 'compare',
          type: 'assert',
          with: {
            all: [{ that: "${{ size(steps['dump'].output.tables) == 1 }}", message: 'a table is missing' }],
          },
        },
        asks('go-no-go'),
        { id: 'page-off', type: 'file.remove', run_on: 'vps', with: { path: join(vps, 'old-page') } },
      ],
    }),
    { DB_PASSWORD: lab.mysql.adminPassword },
  );
  writeFileSync(join(night.vps, 'old-page'), 'closed');
  const world = async () => ({
    vps: readdirSync(night.vps, { recursive: true }),
    here: readdirSync(night.cwd, { recursive: true }),
    users: await database.ask('SELECT * FROM users'),
    tables: await database.ask('CHECKSUM TABLE users'),
  });
  const told = (text: string) =>
    steady(
      text
        .replaceAll(/\d+ bytes free/g, 'FREE bytes free')
        .replace(/\S+dump of \S+ \S+ fits [^,]*/, 'TOOL fits SERVER'),
      {
        VPS: night.vps,
        SYSTEM: text.match(/\((Linux \S+)\)/)?.[1] ?? 'no system',
        SERVER: text.match(/MySQL (\S+)/)?.[1] ?? 'no server',
        DATABASE: database.name,
        SSH: `${lab.ssh.user}@127.0.0.1:${lab.ssh.port}`,
        'HOST:PORT': `127.0.0.1:${lab.mysql.port}`,
        WEB: lab.web.url,
      },
    );
  return { night, world, told };
};

describe('--dry-run', () => {
  test('says of each step what was verified, simulated or could not be checked; nothing changes anywhere', async () => {
    const { night, world, told } = await useRehearsal();
    const before = await world();
    const { code, stdout, stderr } = await night.exec('--dry-run');
    expect(code, stderr).toBe(0);
    expect(await world()).toEqual(before);
    expect(`${told(stderr)}${stdout}`).toMatchInlineSnapshot(`
      "target:vps
        verified   SSH (SYSTEM), its host key by known_hosts
      target:db
        verified   admin@HOST:PORT/DATABASE: MySQL SERVER
      page-on
        verified   true now: GET WEB/healthz, expect 200
        verified   VPS on vps is writable, FREE bytes free
        simulated  would write 12 bytes to VPS/page as a new file
        simulated  write 12 characters > VPS/page
      stop-app
        verified   sh is on vps, VPS can be entered
        verified   the script can be parsed there
        simulated  echo 'did stop-app' >>did   (in VPS)
        verified   undo: sh is on vps, VPS can be entered
        verified   undo: the script can be parsed there
      freeze
        simulated  the server accepts the statement (EXPLAIN)
        simulated  write: UPDATE users SET name = 'x'
      count
        verified   answers with 1 row
      dump
        verified   VPS on vps is writable, FREE bytes free
        verified   a dump without data went through: TOOL fits SERVER, login and rights are there
        simulated  mysqldump --single-transaction --routines --triggers --events --hex-blob > VPS/dump.sql
      compare
        unchecked  until earlier steps have run: assert size(steps['dump'].output.tables) == 1, else: a table is missing: needs the output of dump
      go-no-go
        simulated  asks 1 of lead, within 5m: Go on?
      page-off
        verified   VPS on vps is writable, FREE bytes free
        simulated  would remove VPS/old-page (6 bytes)
        simulated  rm VPS/old-page
      dry run passed: 3 verified, 6 simulated, 1 unchecked, 0 with problems
      "
    `);
  });

  test('--strict fails on what could not be checked', async () => {
    const { night, world } = await useRehearsal();
    const before = await world();
    const { code, stdout } = await night.exec('--dry-run', '--strict');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dry run FAILED: /);
    expect(await world()).toEqual(before);
  });

  test('reports a missing binary before the run', async () => {
    const { night, world } = await useRehearsal({ with: { run: ['no-such-tool', '--now'] } });
    const before = await world();
    const { code, stderr } = await night.exec('--dry-run');
    expect(code).toBe(1);
    expect(stderr).toMatch(/problem +.*no-such-tool/);
    expect(await world()).toEqual(before);
  });

  test('a check that writes is refused at load, and nothing is sent', async () => {
    const writes = { type: 'mysql.query', target: 'db', with: { sql: 'DELETE FROM users' } };
    const { night, world } = await useRehearsal({ preconditions: [writes] });
    const before = await world();
    const { code, stderr } = await night.exec('--dry-run');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /RB245 {2}Not a read in the precondition of step "stop-app" \(mysql.query\): DELETE/,
    );
    expect(stderr).toContain('Say `effects: write`');
    expect(await world()).toEqual(before);
  });

  test('--json: a record for each step, and the verdict', async () => {
    const { night } = await useRehearsal();
    const { stdout, stderr } = await night.exec('--dry-run', '--json');
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { step?: string });
    expect(stderr).toBe('');
    expect(records.flatMap(({ step }) => step ?? [])).toEqual([
      'target:vps',
      'target:db',
      'page-on',
      'stop-app',
      'freeze',
      'count',
      'dump',
      'compare',
      'go-no-go',
      'page-off',
    ]);
    expect(records.at(-1)).toMatchObject({ type: 'dry-run', passed: true });
  });
});
