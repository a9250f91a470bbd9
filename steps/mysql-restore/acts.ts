import type { ActContext, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { onceOver } from '../_kits/sql/act-lock.ts';
import { SessionLost, SqlError } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { outOfReach } from '../_targets/mysql/option-file.ts';
import { versionOf } from '../_targets/mysql/tools.ts';
import type { MysqlVersion } from '../_targets/mysql/versions.ts';
import { dumpMisfit } from './dump-fit.ts';
import { endLeftovers } from './leftovers.ts';
import { rehearse } from './rehearse.ts';
import { clientCommand, type Dump, inspectDump, restoreDump } from './restore.ts';
import { countRows, dropScratch, lookAtScratch, makeScratch, markFinished, scratchLock } from './scratch.ts';
import type { MysqlRestoreBefore, MysqlRestoreInput, MysqlRestoreOutput } from './step.ts';
import { unprovenBy } from './unproven.ts';

type Failed = Extract<Outcome<never>, { done: false }>;

const refused = (short: string, remedy?: string, more: Partial<Failed> = {}): Failed => ({
  done: false,
  effect: 'none',
  retryable: false,
  short,
  ...(remedy && { remedy }),
  ...more,
});

/** Never into the database that is to be proven; its name may be spelt otherwise on a server that ignores case. */
const isOwnDatabase = ({ access }: MysqlClient, database: string): boolean =>
  access.config.database.toLowerCase() === database.toLowerCase();

/** Why the step as written can never run; null: it can. */
const misfit = (client: MysqlClient, ctx: ActContext, { database }: MysqlRestoreInput): Failed | null => {
  if (isOwnDatabase(client, database))
    return refused(
      `${database} is the target's own database: it would be overwritten`,
      'Name a scratch database',
    );
  const reach = outOfReach(client.access, ctx.runOn);
  return reach === null ? null : refused(reach, 'Run it on the place the target is reached via');
};

const stillAtWork = refused('an earlier attempt is still at work and does not end', 'End it by hand', {
  living: true,
});

/** Clears the name for a new scratch database; what it may not drop it refuses. */
const clearName = async (
  client: MysqlClient,
  ctx: ActContext,
  { database, replace }: MysqlRestoreInput,
): Promise<Failed | null> => {
  const scratch = await lookAtScratch(client, ctx, database);
  if (scratch.is === 'absent') return null;
  if (scratch.is === 'foreign' && !(scratch.empty && replace))
    return refused(
      `${database} is there and was not made by mysql.restore: it is never dropped`,
      scratch.empty ? 'It is empty: drop it, or say replace: true' : 'Choose another name',
    );
  if (scratch.is === 'anothers' && !replace)
    return refused(
      `${database} is there, from an earlier restore (${scratch.owner})`,
      'Say replace: true, or choose another name',
    );
  await dropScratch(client, ctx, database);
  return null;
};

const fitDump = async (
  ctx: ActContext,
  input: MysqlRestoreInput,
  server: MysqlVersion,
): Promise<Dump | Failed> => {
  const inspected = await inspectDump(ctx, input.path);
  if (inspected.is === 'absent')
    return refused(`${input.path} is not there`, 'Check the path, and that the dump was taken');
  if (inspected.is === 'unfit')
    return refused(inspected.why, 'Take the dump anew with mysql.dump', { retryable: !inspected.final });
  const { dump } = inspected;
  if (input.sha256 !== undefined && input.sha256 !== dump.sha256)
    return refused(
      `${input.path} is not the dump that was taken: its SHA-256 is ${dump.sha256}, not ${input.sha256}`,
      'Find out who changed it; take another dump',
    );
  const unfit = dumpMisfit(server, dump);
  if (unfit !== null) return refused(unfit.what, unfit.remedy);
  return dump;
};

const remedyFor = (complaint: string): string | undefined => {
  if (/^ERROR 1227\b/.test(complaint))
    return "The dump sets a DEFINER that is another account: GRANT SET USER (MariaDB), SET_ANY_DEFINER (MySQL 8.2), SET_USER_ID (MySQL 8.0) ON *.* to the target's user, for the restore only";
  if (/^ERROR (1044|1142|1370|1419)\b/.test(complaint))
    return "GRANT ALL ON the scratch database to the target's user; triggers with binary logging also need log_bin_trust_function_creators = 1 on that server";
  if (/^ERROR (1021|1114|3)\b/.test(complaint)) return 'Free disk where the server keeps its data';
  return undefined;
};

/** Nothing of a failed restore is kept: it would only be in the way of the next one. */
const failedRestore = async (
  client: MysqlClient,
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  { complaint, final }: { complaint: string; final: boolean },
): Promise<Failed> => {
  const failure = refused(`the restore failed: ${complaint}`, remedyFor(complaint), { retryable: !final });
  if (!(await endLeftovers(ctx, database))) return { ...failure, effect: 'some', living: true };
  try {
    await dropScratch(client, ctx, database);
    return failure;
  } catch (error) {
    ctx.log(`${database} could not be dropped: ${(error as Error).message}\n`, 'stderr');
    return { ...failure, effect: 'some' };
  }
};

const listed = (names: readonly string[]): string => [...names].sort().join('\n');

const restored = async (
  client: MysqlClient,
  ctx: ActContext,
  input: MysqlRestoreInput,
  dump: Dump,
  command: readonly string[],
): Promise<Outcome<MysqlRestoreOutput>> => {
  const { database } = input;
  const startedAt = ctx.clock.now();
  if (dump.events > 0) ctx.log(`${dump.events} events of the dump are left out: they would run\n`);
  await makeScratch(client, ctx, database);
  const failure = await restoreDump(ctx, input, client, dump, command);
  if (failure) return failedRestore(client, ctx, input, failure);
  const tables = await countRows(client, ctx, database);
  if (listed(Object.keys(tables)) !== listed(dump.tables))
    return failedRestore(client, ctx, input, {
      complaint: `the tables that came out are not those of the dump (${Object.keys(tables).length} of ${dump.tables.length})`,
      final: true,
    });
  const unproven = await withSession(client, 'read', ctx, (session) =>
    unprovenBy(client, session, database, dump),
  );
  for (const one of unproven) ctx.log(`not proven: ${one}\n`);
  const output: MysqlRestoreOutput = {
    database,
    tables,
    rows: Object.values(tables).reduce((sum, n) => sum + n, 0),
    seconds: Math.round(ctx.clock.now() - startedAt) / 1000,
    unproven: [...unproven],
  };
  if (input.keep) await markFinished(client, ctx, output);
  else await dropScratch(client, ctx, database);
  return { done: true, output };
};

const serverRefused = async (
  client: MysqlClient,
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  { message }: SqlError,
): Promise<Failed> => {
  const { is } = await lookAtScratch(client, ctx, database);
  return refused(
    `the server refused: ${message}`,
    "GRANT ALL ON the scratch database to the target's user",
    is === 'ours' ? { effect: 'some' } : {},
  );
};

const run = async (ctx: ActContext, input: MysqlRestoreInput): Promise<Outcome<MysqlRestoreOutput>> => {
  const client = await ctx.connect('mysql');
  const wrong = misfit(client, ctx, input);
  if (wrong) return wrong;
  if (!(await endLeftovers(ctx, input.database))) return stillAtWork;
  const earlier = await lookAtScratch(client, ctx, input.database);
  // It may have got through before its outcome was known.
  if (earlier.is === 'ours' && earlier.output) return { done: true, output: earlier.output };
  const server = await versionOf(client);
  const dump = await fitDump(ctx, input, server);
  if ('done' in dump) return dump;
  const command = await clientCommand(ctx, client, server, input.database);
  if ('what' in command) return refused(command.what, command.remedy);
  try {
    return (await clearName(client, ctx, input)) ?? (await restored(client, ctx, input, dump, command));
  } catch (error) {
    // The client is dead, or the connection is; the last statement need not be.
    if ((ctx.signal.aborted || error instanceof SessionLost) && !(await endLeftovers(ctx, input.database)))
      return refused('the server still works on the restore', 'End its session by hand', {
        effect: 'unknown',
        living: true,
      });
    if (error instanceof SqlError) return serverRefused(client, ctx, input, error);
    throw error;
  }
};

const probe = async (
  ctx: ActContext,
  { database }: MysqlRestoreInput,
): Promise<Probed<MysqlRestoreOutput>> => {
  const client = await ctx.connect('mysql');
  const earlier = await onceOver(client, ctx, async () => null, { lock: scratchLock(ctx) });
  if (!earlier.over) return { state: 'unknown', why: earlier.why };
  const scratch = await lookAtScratch(client, ctx, database);
  if (scratch.is !== 'ours') return { state: 'not-done' };
  if (scratch.output) return { state: 'done', output: scratch.output };
  // Not partial: it is no half of what was wanted, and a killed engine must not turn the night back.
  return { state: 'unknown', why: `${database} is half restored; another attempt drops it and begins anew` };
};

const undo = async (
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  before: MysqlRestoreBefore,
): Promise<Outcome<null>> => {
  const client = await ctx.connect('mysql');
  if (!isOwnDatabase(client, database)) {
    if (!(await endLeftovers(ctx, database))) return stillAtWork;
    const scratch = await lookAtScratch(client, ctx, database);
    // Empty where none was: what a kill left between making and marking it. Nothing is lost with it.
    const ours = scratch.is === 'ours' || (scratch.is === 'foreign' && scratch.empty && !before.existed);
    if (ours) await dropScratch(client, ctx, database);
    else if (scratch.is !== 'absent') ctx.log(`${database} stays: this step did not make it\n`);
  }
  return { done: true, output: null };
};

export const acts: StepActs<MysqlRestoreInput, MysqlRestoreOutput, MysqlRestoreBefore> = {
  async check(ctx, input) {
    const client = await ctx.connect('mysql');
    const wrong = misfit(client, ctx, input);
    if (wrong)
      return [{ level: 'problem', what: wrong.short, ...(wrong.remedy && { remedy: wrong.remedy }) }];
    return rehearse(client, ctx, input);
  },

  async prepare(ctx, { database }) {
    const scratch = await lookAtScratch(await ctx.connect('mysql'), ctx, database);
    return { existed: scratch.is !== 'absent' };
  },

  run,
  probe,
  end: (ctx, { database }) => endLeftovers(ctx, database),
  undo,
};
