/** An account that belongs to one test, on one of the lab's servers. */
import mysql, { type Connection } from 'mysql2/promise';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { LabInfo } from './lab.ts';

let made = 0;

export interface OwnAccount {
  readonly user: string;
  readonly password: string;
  /** Logs in as it; the connection is dropped with the test. */
  login(): Promise<Connection>;
}

/** `grants`: what follows GRANT, such as `ALL ON shop.*`; one entry for each of the hosts. */
export const useMysqlAccount = async (
  lab: LabInfo,
  grants: readonly string[],
  hosts: readonly string[] = ['127.0.0.1'],
): Promise<OwnAccount> => {
  made += 1;
  const { host, port, adminUser, adminPassword } = lab.mysql;
  const admin = await mysql.createConnection({ host, port, user: adminUser, password: adminPassword });
  const user = `user_${process.pid}_${made}`;
  const password = `pass-${process.pid}-${made}`;
  const opened: Connection[] = [];
  for (const from of hosts) {
    await admin.query(`CREATE USER '${user}'@'${from}' IDENTIFIED BY '${password}'`);
    for (const grant of grants) await admin.query(`GRANT ${grant} TO '${user}'@'${from}'`);
  }
  onTestFinished(async () => {
    for (const connection of opened) connection.destroy();
    for (const from of hosts) await admin.query(`DROP USER IF EXISTS '${user}'@'${from}'`);
    await admin.end();
  });
  return {
    user,
    password,
    async login() {
      const connection = await mysql.createConnection({ host, port, user, password });
      // Being ended by the server is what these tests are about.
      connection.on('error', () => undefined);
      opened.push(connection);
      return connection;
    },
  };
};

export interface OwnRole {
  readonly name: string;
  readonly password: string;
  /** Logs in as it; the connection is dropped with the test. */
  login(database: string): Promise<pg.Client>;
}

/** `attributes`: what follows CREATE ROLE, such as `LOGIN`. What it owns in the databases of a test goes with them. */
export const usePostgresRole = async (lab: LabInfo, attributes: string): Promise<OwnRole> => {
  made += 1;
  const { host, port, adminUser, adminPassword } = lab.postgres;
  const admin = new pg.Client({ host, port, user: adminUser, password: adminPassword, database: 'postgres' });
  await admin.connect();
  const name = `role_${process.pid}_${made}`;
  const password = `pass-${process.pid}-${made}`;
  const opened: pg.Client[] = [];
  await admin.query(`CREATE ROLE ${name} ${attributes} PASSWORD '${password}'`);
  onTestFinished(async () => {
    for (const client of opened) await client.end().catch(() => undefined);
    const { rows } = await admin.query<{ datname: string }>(
      "SELECT DISTINCT datname FROM pg_shdepend JOIN pg_database d ON d.oid = dbid WHERE refobjid = $1::regrole AND refclassid = 'pg_authid'::regclass",
      [name],
    );
    for (const { datname } of rows) {
      const there = new pg.Client({
        host,
        port,
        user: adminUser,
        password: adminPassword,
        database: datname,
      });
      await there.connect();
      await there.query(`DROP OWNED BY ${name} CASCADE`);
      await there.end();
    }
    await admin.query(`DROP OWNED BY ${name} CASCADE`);
    await admin.query(`DROP ROLE IF EXISTS ${name}`);
    await admin.end();
  });
  return {
    name,
    password,
    async login(database) {
      const client = new pg.Client({ host, port, user: name, password, database });
      // Being ended by the server is what these tests are about.
      client.on('error', () => undefined);
      await client.connect();
      opened.push(client);
      return client;
    },
  };
};
