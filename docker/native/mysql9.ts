/**
 * MySQL 9 from the packages of Debian sid. They are built against a newer C library than a stable release has, so
 * they run with their own loader and their own libraries.
 */
import { debianSid } from './debian-sid.ts';
import { providePackages } from './debs.ts';
import { LabError } from './lab-error.ts';
import type { MysqlPrograms } from './mysql-programs.ts';

const packages = ['mysql-server-core', 'mysql-client-core'];

export const provideMysql9 = async (root: string): Promise<MysqlPrograms> => {
  const debs = await providePackages(root, packages, debianSid).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new LabError(
      `MySQL 9 cannot be had here: ${said}`,
      "Unset RUNBOOK_LAB_MYSQL to use MariaDB, or run it where apt reaches Debian's archive",
      { cause: error },
    );
  });
  const loader = debs.library('ld-linux-x86-64.so.2');
  const byLoader = (program: string): readonly [string, ...string[]] => [
    loader,
    '--library-path',
    debs.env.LD_LIBRARY_PATH,
    debs.bin(program),
  ];
  return {
    kind: 'mysql9',
    server: byLoader('usr/sbin/mysqld'),
    folders: [
      `--basedir=${debs.bin('usr')}`,
      `--lc-messages-dir=${debs.bin('usr/share/mysql')}`,
      `--plugin-dir=${debs.bin('usr/lib/mysql/plugin')}`,
    ],
    // For accounts of a MariaDB server: the plugin's folder is compiled in.
    env: { LIBMYSQL_PLUGIN_DIR: debs.bin('usr/lib/mysql/plugin') },
    clients: { mysql: byLoader('usr/bin/mysql'), mysqldump: byLoader('usr/bin/mysqldump') },
  };
};
