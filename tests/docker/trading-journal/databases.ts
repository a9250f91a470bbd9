/** Both sides as their administrators see them. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll } from 'vitest';
import type { LabInfo } from '../../../docker/native/lab.ts';

type Rows = readonly Record<string, unknown>[];

export interface Databases {
  inMysql(sql: string): Promise<Rows>;
  inPostgres(sql: string): Promise<Rows>;
}

export const openDatabases = async (lab: LabInfo): Promise<Databases> => {
  const { adminUser: user, adminPassword: password, host, port, database } = lab.mysql;
  const old = await mysql.createConnection({ host, port, user, password, database, dateStrings: true });
  // As the seed is loaded: by its default MySQL would refuse to look for a zero date.
  await old.query("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
  const { adminUser, adminPassword, ...place } = lab.postgres;
  const fresh = new pg.Client({ ...place, user: adminUser, password: adminPassword });
  await fresh.connect();
  await fresh.query("SET timezone = 'UTC'");
  afterAll(async () => {
    await old.end();
    await fresh.end();
  });
  return {
    inMysql: async (sql) => (await old.query<mysql.RowDataPacket[]>(sql))[0],
    inPostgres: async (sql) => (await fresh.query(sql)).rows,
  };
};
