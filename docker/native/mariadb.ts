/** MariaDB as the old app's MySQL, on a data directory of its own. */
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { initialise } from './data-directory.ts';
import { makeFolderFor, writeFileFor } from './ownership.ts';
import { runTool } from './run-tool.ts';
import { loadSeed } from './seed/load.ts';
import { seedSizes } from './seed/sizes.ts';
import { startServer } from './servers.ts';
import type { World } from './world.ts';

export const database = 'trading_journal';

export const startMariadb = async (world: World): Promise<void> => {
  const { dir, debs, accounts, ports } = world;
  const home = makeFolderFor(accounts.service, join(dir, 'mysql'));
  const data = join(home, 'data');
  const tmp = makeFolderFor(accounts.service, join(home, 'tmp'));
  const common = ['--no-defaults', `--basedir=${debs.bin('usr')}`, `--datadir=${data}`, `--tmpdir=${tmp}`];
  const env = { ...process.env, ...debs.env };
  await initialise(data, () =>
    runTool(
      debs.bin('usr/bin/mariadb-install-db'),
      [...common, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'],
      { env, identity: accounts.service, cwd: home },
    ),
  );
  const accountsFile = join(home, 'accounts.sql');
  writeFileFor(accounts.service, accountsFile, accountsSql(world), 0o600);
  await startServer(dir, {
    name: 'mysql',
    port: ports.mysql,
    identity: accounts.service,
    env: debs.env,
    argv: [
      debs.bin('usr/sbin/mariadbd'),
      ...common,
      `--lc-messages-dir=${debs.bin('usr/share/mysql')}`,
      `--plugin-dir=${debs.bin('usr/lib/mysql/plugin')}`,
      `--init-file=${accountsFile}`,
      `--port=${ports.mysql}`,
      // Relative to the data directory: a socket's absolute path may not pass 107 characters.
      '--socket=mysql.sock',
      `--pid-file=${join(home, 'pid')}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--innodb-buffer-pool-size=64M',
      '--innodb-log-file-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
  });
};

/** mysql.proc: without it mysqldump --routines refuses to show a procedure that somebody else defined. */
const accountsSql = ({ passwords }: World): string => `
CREATE DATABASE IF NOT EXISTS ${database};
CREATE OR REPLACE USER admin@'127.0.0.1' IDENTIFIED BY '${passwords.mysqlAdmin}';
GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;
CREATE OR REPLACE USER app@'127.0.0.1' IDENTIFIED BY '${passwords.mysqlApp}';
GRANT ALL ON ${database}.* TO app@'127.0.0.1';
GRANT SELECT ON mysql.proc TO app@'127.0.0.1';
`;

export const seedMariadb = async ({ ports, passwords, people }: World): Promise<void> => {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port: ports.mysql,
    user: 'admin',
    password: passwords.mysqlAdmin,
    multipleStatements: true,
  });
  try {
    // A night that went through leaves the app's account locked, and a killed one its scratch databases.
    await connection.query(
      `ALTER USER app@'127.0.0.1' ACCOUNT UNLOCK;
       DROP DATABASE IF EXISTS runbook_restore_proof; DROP DATABASE IF EXISTS runbook_rehearsal;
       DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database}; USE ${database}`,
    );
    await loadSeed(connection, seedSizes(), [people.smoke, people.canary]);
  } finally {
    await connection.end();
  }
};
