/** MySQL of other kinds than the lab's default. Where one cannot be had, the reason is what the test is named by. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { expect, test, vi } from 'vitest';
import { wantedMysql } from '../../../docker/native/mysql-kind.ts';
import { useMysql } from '../../support/mysql-server.ts';

const server = await useMysql('mysql8');

test.skipIf('missing' in server)('MySQL 8 stands beside the lab, with its own clients', async () => {
  if ('missing' in server) return;
  const { host, port, adminUser: user, adminPassword: password } = server.lab.mysql;
  const connection = await mysql.createConnection({ host, port, user, password });
  const [rows] = await connection.query('SELECT VERSION() AS version, @@collation_server AS collation');
  await connection.end();
  expect(rows).toEqual([{ version: '8.0.33', collation: 'utf8mb4_0900_ai_ci' }]);
  const version = execFileSync(join(server.bin, 'mysqldump'), ['--version'], { encoding: 'utf8' });
  expect(version).toContain('Ver 8.0.33 for Linux');
});

test('a kind that there is not is refused by name', () => {
  vi.stubEnv('RUNBOOK_LAB_MYSQL', 'mysql5');
  expect(() => wantedMysql()).toThrow('RUNBOOK_LAB_MYSQL=mysql5 is none of mariadb, mysql8, mysql9');
  vi.unstubAllEnvs();
});
