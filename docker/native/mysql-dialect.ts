/** Where MariaDB and MySQL are set up differently. */
import type { Debs } from './debs.ts';
import type { MysqlPrograms } from './mysql-programs.ts';

export interface MysqlDialect {
  /** What fills a new data directory. */
  install(common: readonly string[]): readonly [string, ...string[]];
  readonly options: readonly string[];
  /** Makes an account, or gives one that is there its password. */
  account(name: string, password: string): string;
  /** Without it mysqldump --routines refuses to show a procedure that somebody else defined. */
  readonly seesRoutines: string;
}

export const mysqlDialect = (programs: MysqlPrograms, debs: Debs): MysqlDialect =>
  programs.kind === 'mariadb' ? mariadb(debs) : mysqlProper(programs);

const mariadb = (debs: Debs): MysqlDialect => ({
  install: (common) => [
    debs.bin('usr/bin/mariadb-install-db'),
    ...common.filter((option) => !/^--(lc-messages|plugin)-dir=/.test(option)),
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
  ],
  options: ['--collation-server=utf8mb4_unicode_ci', '--innodb-log-file-size=16M'],
  account: (name, password) => `CREATE OR REPLACE USER ${name} IDENTIFIED BY '${password}';`,
  seesRoutines: 'SELECT ON mysql.proc',
});

/** What an operator meets stays as the server has it: the binary log, its collation, caching_sha2_password. */
const mysqlProper = ({ server }: MysqlPrograms): MysqlDialect => ({
  install: (common) => [...server, ...common, '--initialize-insecure', ...quick],
  // Debian's has a folder compiled in that its package would make.
  options: [...quick, '--mysqlx=OFF', '--sync-binlog=0', '--secure-file-priv=NULL'],
  account: (name, password) =>
    `CREATE USER IF NOT EXISTS ${name};\nALTER USER ${name} IDENTIFIED BY '${password}';`,
  seesRoutines: 'SHOW_ROUTINE ON *.*',
});

const quick = ['--innodb-redo-log-capacity=32M', '--innodb-doublewrite=OFF'];
