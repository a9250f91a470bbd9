import { restores } from '../_kits/sql/restore.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { versionOf } from '../_targets/mysql/tools.ts';
import { dumpMisfit } from './dump-fit.ts';
import { findings } from './rehearse.ts';
import { clientCommand, complaintOf, type Dump, inspectDump, restoreDump, restoreWork } from './restore.ts';
import { countRows, dropScratch, lookAtScratch, makeScratch, markFinished } from './scratch.ts';
import { unprovenBy } from './unproven.ts';

const remedyFor = (complaint: string): string | undefined => {
  if (/^ERROR 1227\b/.test(complaint))
    return "The dump sets a DEFINER that is another account: GRANT SET USER (MariaDB), SET_ANY_DEFINER (MySQL 8.2), SET_USER_ID (MySQL 8.0) ON *.* to the target's user, for the restore only";
  if (/^ERROR (1044|1142|1370|1419)\b/.test(complaint))
    return "GRANT ALL ON the scratch database to the target's user; triggers with binary logging also need log_bin_trust_function_creators = 1 on that server";
  if (/^ERROR (1021|1114|3)\b/.test(complaint)) return 'Free disk where the server keeps its data';
  return undefined;
};

export const acts = restores<MysqlClient, Dump>({
  type: 'mysql.restore',
  dumpType: 'mysql.dump',
  clientOf: (ctx) => ctx.connect('mysql'),
  // A name may be spelt otherwise on a server that ignores case.
  isSameName: (a, b) => a.toLowerCase() === b.toLowerCase(),
  inspect: inspectDump,
  misfit: async (client, dump) => dumpMisfit(await versionOf(client), dump),
  async work(ctx, client, input) {
    const command = await clientCommand(ctx, client, await versionOf(client), input.database);
    return 'what' in command ? command : restoreWork(ctx, input, client, command);
  },
  restore: restoreDump,
  complaintOf,
  remedyFor,
  rightsRemedy: "GRANT ALL ON the scratch database to the target's user",
  look: lookAtScratch,
  make: makeScratch,
  markFinished,
  drop: dropScratch,
  count: countRows,
  unproven: (client, ctx, database, dump) =>
    withSession(client, 'read', ctx, (session) => unprovenBy(client, session, database, dump)),
  leftOut: ({ events }) => (events > 0 ? `${events} events of the dump are left out: they would run` : null),
  findings,
});
