/** The tools of a server (mysqldump, mysql) that a place has. */
import type { Unfit } from '../../_kits/sql/access.ts';
import { findTools as findAny } from '../../_kits/sql/tools.ts';
import type { Shell } from '../../_work/shell.ts';
import type { Tool } from './tool-fit.ts';
import { type MysqlVersion, serverVersion, toolVersion } from './versions.ts';

/** The first name is MySQL's, the other one MariaDB's. */
export const findTools = (
  shell: Shell,
  names: readonly [string, string],
  signal: AbortSignal,
): Promise<readonly Tool[] | Unfit> =>
  findAny(shell, names, toolVersion, { install: `${names[0]} (or ${names[1]})`, signal });

/** Throws where the server says something that is no version. */
export const versionOf = async (client: { version(): Promise<string> }): Promise<MysqlVersion> => {
  const said = await client.version();
  const version = serverVersion(said);
  if (version === null) throw new Error(`the server's version is ${JSON.stringify(said)}, which is unknown`);
  return version;
};
