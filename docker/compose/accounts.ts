/** Database accounts that the images do not make: the same names and passwords as in the native lab. */
import mysql from 'mysql2/promise';
import pg from 'pg';
import { database } from '../native/mysql.ts';
import type { World } from '../native/world.ts';
import { postgresDatabase } from './world.ts';

const host = '127.0.0.1';

/** The app comes from the VPS's loopback; who prepares and dumps may also come through the published port. */
export const mysqlAccountsSql = ({ passwords }: Pick<World, 'passwords'>): string => `
CREATE USER IF NOT EXISTS admin@'%' IDENTIFIED BY ${mysql.escape(passwords.mysqlAdmin)};
GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS app@'${host}' IDENTIFIED BY ${mysql.escape(passwords.mysqlApp)};
GRANT ALL ON ${database}.* TO app@'${host}';
GRANT SHOW_ROUTINE ON *.* TO app@'${host}';
`;

export const supabaseAccountsSql = ({ passwords }: Pick<World, 'passwords'>): string => `
ALTER ROLE supabase_auth_admin PASSWORD ${pg.escapeLiteral(passwords.supabaseAuth)};
ALTER ROLE authenticator PASSWORD ${pg.escapeLiteral(passwords.authenticator)};
`;

/** Idempotent. The servers answer already. */
export const makeAccounts = async (world: World): Promise<void> => {
  const { ports, passwords } = world;
  const root = await mysql.createConnection({
    host,
    port: ports.mysql,
    user: 'root',
    password: passwords.mysqlAdmin,
    multipleStatements: true,
  });
  await root.query(mysqlAccountsSql(world)).finally(() => root.end());
  const admin = new pg.Client({
    host,
    port: ports.postgres,
    user: 'supabase_admin',
    password: passwords.postgresAdmin,
    database: postgresDatabase,
  });
  await admin.connect();
  await admin.query(supabaseAccountsSql(world)).finally(() => admin.end());
};
