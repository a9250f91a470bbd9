/** Whether a dump is one that this server can take, by what its head says of the tool and the server it came from. Pure. */
import type { Unfit } from '../_kits/sql/access.ts';
import { isBefore, type MysqlVersion, serverVersion, toolVersion } from '../_targets/mysql/versions.ts';
import type { Dump } from './restore.ts';

/** Why not; null: nothing speaks against it. A proxy may have answered for the server, so a doubt is none. */
export const dumpMisfit = (server: MysqlVersion, dump: Dump): Unfit | null => {
  const tool = toolVersion(dump.tool);
  const source = serverVersion(dump.server);
  if (tool === null || source === null) return null;
  if (tool.family === 'MariaDB' && source.family === 'MySQL' && dump.generatedColumns > 0)
    return {
      what: `the dump cannot be restored: ${tool.shown} took it from ${source.shown} and wrote values for ${dump.generatedColumns} generated columns`,
      remedy: "Take it anew with MySQL's own mysqldump",
    };
  const ofMysql = source.family === 'MySQL' && tool.family === 'MySQL';
  if (source.family !== server.family && (ofMysql || source.family === 'MariaDB'))
    return {
      what: `the dump is of ${source.shown}, and this server is ${server.shown}: a restore here would prove nothing`,
      remedy: 'Restore it on the server it was taken from, or on one of its kind',
    };
  return source.family === server.family && isBefore(server, source.numbers, 2)
    ? {
        what: `the dump is of ${source.shown}, and this server is the older ${server.shown}`,
        remedy: 'Restore it on the server it was taken from, or on one of its release or later',
      }
    : null;
};
