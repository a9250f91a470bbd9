/** The old app's MySQL, of the kind that was asked for, on a data directory of its own. */
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { initialise } from './data-directory.ts';
import type { LabInfo } from './info.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import { makeFolderFor, writeFileFor } from './ownership.ts';
import { runTool } from './run-tool.ts';
import { loadSeed } from './seed/load.ts';
import { seedSizes } from './seed/sizes.ts';
import { startServer } from './servers.ts';
import type { NativeWorld, World } from './world.ts';

export const database = 'trading_journal';

export const startMysql = async (world: NativeWorld): Promise<void> => {
  const { dir, mysql: programs, accounts, ports, debs } = world;
  const dialect = mysqlDialect(programs, debs);
  const home = makeFolderFor(
    accounts.service,
    join(dir, programs.kind === 'mariadb' ? 'mysql' : programs.kind),
  );
  const data = join(home, 'data');
  const tmp = makeFolderFor(accounts.service, join(home, 'tmp'));
  const common = ['--no-defaults', ...programs.folders, `--datadir=${data}`, `--tmpdir=${tmp}`];
  const env = { ...process.env, ...programs.env };
  const [file, ...args] = dialect.install(common);
  await initialise(data, () => runTool(file, args, { env, identity: accounts.service, cwd: home }));
  const accountsFile = join(home, 'accounts.sql');
  writeFileFor(accounts.service, accountsFile, accountsSql(world, dialect), 0o600);
  await startServer(dir, {
    name: 'mysql',
    port: ports.mysql,
    identity: accounts.service,
    env: programs.env,
    argv: [
      ...programs.server,
      ...common,
      `--init-file=${accountsFile}`,
      `--port=${ports.mysql}`,
      // Relative to the data directory: a socket's absolute path may not pass 107 characters.
      '--socket=mysql.sock',
      `--pid-file=${join(home, 'pid')}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      ...dialect.options,
    ],
  });
};

const accountsSql = (
  { passwords }: World,
  { account, seesRoutines }: ReturnType<typeof mysqlDialect>,
): string => `
CREATE DATABASE IF NOT EXISTS ${database};
${account("admin@'127.0.0.1'", passwords.mysqlAdmin)}
GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;
${account("app@'127.0.0.1'", passwords.mysqlApp)}
GRANT ALL ON ${database}.* TO app@'127.0.0.1';
GRANT ${seesRoutines} TO app@'127.0.0.1';
`;

export const mysqlAccess = ({ ports, passwords }: World): Omit<LabInfo['mysql'], 'server'> => ({
  host: '127.0.0.1',
  port: ports.mysql,
  user: 'app',
  password: passwords.mysqlApp,
  adminUser: 'admin',
  adminPassword: passwords.mysqlAdmin,
  database,
});

export const seedMysql = async ({ ports, passwords, people }: World): Promise<void> => {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port: ports.mysql,
    user: 'admin',
    password: passwords.mysqlAdmin,
    multipleStatements: true,
  });
  try {
    // A successful run leaves the app's account locked, and a killed one its scratch databases.
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
