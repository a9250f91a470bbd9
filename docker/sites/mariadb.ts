/** MariaDB servers by the dozen: one data directory is made and copied, and each server needs little. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Accounts } from '../native/accounts.ts';
import { initialise } from '../native/data-directory.ts';
import type { Debs } from '../native/debs.ts';
import { mysqlDialect } from '../native/mysql-dialect.ts';
import type { MysqlPrograms } from '../native/mysql-programs.ts';
import { giveTo, makeFolderFor, writeFileFor } from '../native/ownership.ts';
import { runTool } from '../native/run-tool.ts';
import { startServer } from '../native/servers.ts';

export interface Making {
  readonly dir: string;
  readonly accounts: Accounts;
  readonly debs: Debs;
  readonly programs: MysqlPrograms;
}

export interface MariadbServer {
  readonly name: string;
  readonly port: number;
  /** Unique among the servers that replicate. */
  readonly id: number;
  /** Of the site: what one site writes is told from what the other does. */
  readonly domain: number;
  /** Carried out at each start, and not replicated. */
  readonly accountsSql: string;
}

const common = ({ programs }: Making, home: string): readonly string[] => [
  '--no-defaults',
  ...programs.folders,
  `--datadir=${join(home, 'data')}`,
  `--tmpdir=${join(home, 'tmp')}`,
];

const homeOf = ({ dir, accounts }: Making, name: string): string => {
  const home = makeFolderFor(accounts.service, join(dir, name));
  makeFolderFor(accounts.service, join(home, 'tmp'));
  return home;
};

/** Filled once; every server starts from a copy of it. */
export const makeTemplate = async (making: Making): Promise<void> => {
  const { accounts, debs, programs } = making;
  const home = homeOf(making, 'template');
  const [file, ...args] = mysqlDialect(programs, debs).install(common(making, home));
  const env = { ...process.env, ...programs.env };
  await initialise(join(home, 'data'), () =>
    runTool(file, args, { env, identity: accounts.service, cwd: home }),
  );
};

export const startMariadb = async (making: Making, server: MariadbServer): Promise<void> => {
  const { dir, accounts, debs, programs } = making;
  const home = homeOf(making, server.name);
  if (!existsSync(join(home, 'data'))) {
    cpSync(join(dir, 'template', 'data'), join(home, 'data'), { recursive: true });
    giveTo(accounts.service, join(home, 'data'));
  }
  const accountsFile = join(home, 'accounts.sql');
  writeFileFor(accounts.service, accountsFile, `SET sql_log_bin = 0;\n${server.accountsSql}`, 0o600);
  await startServer(dir, {
    name: server.name,
    port: server.port,
    identity: accounts.service,
    env: programs.env,
    argv: [
      ...programs.server,
      ...common(making, home),
      `--init-file=${accountsFile}`,
      `--port=${server.port}`,
      // Relative to the data directory: a socket's absolute path may not pass 107 characters.
      '--socket=mysql.sock',
      `--pid-file=${join(home, 'pid')}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      `--server-id=${server.id}`,
      `--gtid-domain-id=${server.domain}`,
      '--gtid-strict-mode=ON',
      '--log-bin=binlog',
      // As it should be where two servers could take writes: one that restarts takes none until somebody says so.
      '--read-only',
      '--character-set-server=utf8mb4',
      '--performance-schema=OFF',
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
      ...mysqlDialect(programs, debs).options,
    ],
  });
};
