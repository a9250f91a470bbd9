/** A database that belongs to one test, on the lab's servers. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { LabInfo } from './lab.ts';

let made = 0;
const freshName = (): string => {
  made += 1;
  return `test_${process.pid}_${made}`;
};

export interface OwnDatabase {
  readonly name: string;
  /** As the administrator, outside of any step. */
  ask(sql: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

export const useMysqlDatabase = async (lab: LabInfo): Promise<OwnDatabase> => {
  const { host, port, adminUser: user, adminPassword: password } = lab.mysql;
  const connection = await mysql.createConnection({ host, port, user, password });
  const name = freshName();
  await connection.query(`CREATE DATABASE ${name}`);
  await connection.query(`USE ${name}`);
  onTestFinished(async () => {
    await connection.query(`DROP DATABASE ${name}`);
    await connection.end();
  });
  return {
    name,
    ask: async (sql, params = []) => (await connection.query<mysql.RowDataPacket[]>(sql, [...params]))[0],
  };
};

export const usePostgresDatabase = async (lab: LabInfo): Promise<OwnDatabase> => {
  const { host, port, adminUser: user, adminPassword: password } = lab.postgres;
  const name = freshName();
  const server = new pg.Client({ host, port, user, password, database: 'postgres' });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  const client = new pg.Client({ host, port, user, password, database: name });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  });
  return { name, ask: async (sql, params) => (await client.query(sql, params && [...params])).rows };
};
