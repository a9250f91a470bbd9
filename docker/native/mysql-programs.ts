/** The programs of a MySQL server and its clients, unpacked and not installed, whichever kind it is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Debs } from './debs.ts';
import type { MysqlKind } from './mysql-kind.ts';
import { provideMysql8 } from './mysql8.ts';
import { provideMysql9 } from './mysql9.ts';

export interface MysqlPrograms {
  readonly kind: MysqlKind;
  /** What starts the server, up to its own options; the first is the program that runs. */
  readonly server: readonly [string, ...string[]];
  /** Where the server finds what belongs to it. */
  readonly folders: readonly string[];
  /** For these programs only. */
  readonly env: Readonly<Record<string, string>>;
  /** Name of a client on PATH, and the command that starts it. */
  readonly clients: Readonly<Record<string, readonly string[]>>;
}

/** Unpacks on first use; later calls find it in `root`. Throws LabError with the reason if it is not available. */
export const provideMysql = async (kind: MysqlKind, root: string, debs: Debs): Promise<MysqlPrograms> => {
  if (kind === 'mysql8') return provideMysql8(root);
  if (kind === 'mysql9') return provideMysql9(root);
  return mariadbOf(debs);
};

const mariadbOf = (debs: Debs): MysqlPrograms => {
  const [client, dump] = [[debs.bin('usr/bin/mariadb')], [debs.bin('usr/bin/mariadb-dump')]];
  return {
    kind: 'mariadb',
    server: [debs.bin('usr/sbin/mariadbd')],
    folders: [
      `--basedir=${debs.bin('usr')}`,
      `--lc-messages-dir=${debs.bin('usr/share/mysql')}`,
      `--plugin-dir=${debs.bin('usr/lib/mysql/plugin')}`,
    ],
    // For accounts of a MySQL server: the plugin's folder is compiled in.
    env: { ...debs.env, MARIADB_PLUGIN_DIR: debs.library('libmariadb3/plugin') },
    clients: { mariadb: client, 'mariadb-dump': dump, mysql: client, mysqldump: dump },
  };
};

/** Puts the clients into a folder that is on somebody's PATH. */
export const writeClients = ({ clients, env }: MysqlPrograms, folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  for (const [name, command] of Object.entries(clients))
    writeFileSync(join(folder, name), `#!/bin/sh\n${settings.join('')}exec ${command.join(' ')} "$@"\n`, {
      mode: 0o755,
    });
};
