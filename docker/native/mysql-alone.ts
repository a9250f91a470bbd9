/** One more MySQL server, without the rest of a lab: what is true of MySQL is tried beside a lab of MariaDB. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabInfo } from './info.ts';
import { withLock } from './lock.ts';
import { mysqlAccess, startMysql } from './mysql.ts';
import type { MysqlKind } from './mysql-kind.ts';
import { writeClients } from './mysql-programs.ts';
import { isAlive } from './process-table.ts';
import { endServers, recorded } from './servers.ts';
import { makeFolders, openWorld } from './world.ts';

export interface MysqlAlone {
  readonly access: LabInfo['mysql'];
  /** For a PATH: its own clients under their usual names. */
  readonly bin: string;
}

/** An empty server in `dir`; one that is up is left as it is. `down` of lab.ts ends it. Throws LabError. */
export const upMysqlAlone = async (dir: string, kind: MysqlKind): Promise<MysqlAlone> => {
  const umask = process.umask(0o022);
  try {
    makeFolders(dir);
    return await withLock(dir, () => startUnlessUp(dir, kind));
  } finally {
    process.umask(umask);
  }
};

const startUnlessUp = async (dir: string, kind: MysqlKind): Promise<MysqlAlone> => {
  const file = join(dir, 'mysql.json');
  if (existsSync(file) && recorded(dir).some(isAlive)) return JSON.parse(readFileSync(file, 'utf8'));
  await endServers(dir);
  const world = await openWorld(dir, kind);
  const bin = join(dir, 'clients');
  writeClients(world.mysql, bin);
  await startMysql(world).catch(async (error: unknown) => {
    await endServers(dir);
    throw error;
  });
  const alone: MysqlAlone = { access: { server: kind, ...mysqlAccess(world) }, bin };
  writeFileSync(file, JSON.stringify(alone), { mode: 0o600 });
  return alone;
};
