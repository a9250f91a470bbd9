/**
 * The tests of another file once more, on a server that stands beside the lab's MariaDB: so that an ordinary run meets
 * MySQL too. The other file uses no tools of the VPS, which are MariaDB's.
 */
import { describe, test } from 'vitest';
import type { MysqlKind } from '../../docker/native/mysql-kind.ts';
import { useInstead, useLab } from './lab.ts';
import { useMysql } from './mysql-server.ts';

export const onServer = async (kind: MysqlKind, load: () => Promise<unknown>): Promise<void> => {
  const { mysql } = await useLab();
  if (mysql.server !== 'mariadb') return skipped(`this whole run is on ${mysql.server}`);
  const other = await useMysql(kind);
  if ('missing' in other) return skipped(other.missing);
  useInstead(other.lab);
  await load();
};

const skipped = (why: string): void => {
  describe(why, () => test.skip('not run', () => undefined));
};
