/** An account that belongs to one test, on the lab's MySQL server. */
import mysql, { type Connection } from 'mysql2/promise';
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
