import {
  type ActContext,
  type FailedOutcome,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../engine/step.ts';
import { outOfReach } from '../_kits/sql/access.ts';
import { onceOver } from '../_kits/sql/act-lock.ts';
import { SessionLost, SqlError } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { versionOf } from '../_targets/mysql/tools.ts';
import type { MysqlVersion } from '../_targets/mysql/versions.ts';
import { endAllWork } from '../_work/end-left-work.ts';
import { isStarted, probeWork, type WorkResult, type WorkScript } from '../_work/run-work.ts';
import { dumpMisfit } from './dump-fit.ts';
import { endLeftovers } from './leftovers.ts';
import { rehearse } from './rehearse.ts';
import { clientCommand, complaintOf, type Dump, inspectDump, restoreDump, restoreWork } from './restore.ts';
import { countRows, dropScratch, lookAtScratch, makeScratch, markFinished, scratchLock } from './scratch.ts';
import { restoreExits } from './scripts.ts';
import type { MysqlRestoreBefore, MysqlRestoreInput, MysqlRestoreOutput } from './step.ts';
import { unprovenBy } from './unproven.ts';

/** Nothing of it was done. */
const refused = (
  short: string,
  remedy?: string,
  more: Partial<ConstructorParameters<typeof StepFailed>[1]> = {},
): StepFailed => new StepFailed(short, { effect: 'none', ...(remedy && { remedy }), ...more });

/** Never into the database that is to be proven; its name may be spelt otherwise on a server that ignores case. */
const isOwnDatabase = ({ access }: MysqlClient, database: string): boolean =>
  access.config.database.toLowerCase() === database.toLowerCase();

/** Why the step as written can never run; null: it can. */
const misfit = (client: MysqlClient, ctx: ActContext, { database }: MysqlRestoreInput): StepFailed | null => {
  if (isOwnDatabase(client, database))
    return refused(
      `${database} is the target's own database: it would be overwritten`,
      'Name a scratch database',
    );
  const reach = outOfReach(client.access, ctx.runOn);
  return reach === null ? null : refused(reach.what, reach.remedy);
};

const stillAtWork = (): StepFailed =>
  refused('an earlier attempt is still at work and does not end', 'End it by hand', { living: true });

/** Clears the name for a new scratch database; what it may not drop it refuses. */
const clearName = async (
  client: MysqlClient,
  ctx: ActContext,
  { database, replace }: MysqlRestoreInput,
): Promise<void> => {
  const scratch = await lookAtScratch(client, ctx, database);
  if (scratch.is === 'absent') return;
  if (scratch.is === 'foreign' && !(scratch.empty && replace))
    throw refused(
      `database ${database} exists and was not created by mysql.restore: it is never dropped`,
      scratch.empty ? 'It is empty: drop it, or say replace: true' : 'Choose another name',
    );
  if (scratch.is === 'anothers' && !replace)
    throw refused(
      `${database} is there, from an earlier restore (${scratch.owner})`,
      'Say replace: true, or choose another name',
    );
  await dropScratch(client, ctx, database);
};

const fitDump = async (ctx: ActContext, input: MysqlRestoreInput, server: MysqlVersion): Promise<Dump> => {
  const inspected = await inspectDump(ctx, input.path);
  if (inspected.is === 'absent')
    throw refused(`${input.path} is not there`, 'Check the path, and that the dump was taken');
  if (inspected.is === 'unfit')
    throw refused(inspected.why, 'Take the dump anew with mysql.dump', { retryable: !inspected.final });
  const { dump } = inspected;
  if (input.sha256 !== undefined && input.sha256 !== dump.sha256)
    throw refused(
      `${input.path} is not the dump that was taken: its SHA-256 is ${dump.sha256}, not ${input.sha256}`,
      'Find out who changed it; take another dump',
    );
  const unfit = dumpMisfit(server, dump);
  if (unfit !== null) throw refused(unfit.what, unfit.remedy);
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

const failure = (complaint: string, more: Partial<FailedOutcome>): StepFailed =>
  refused(`the restore failed: ${complaint}`, remedyFor(complaint), more);

/** Nothing of a failed restore is kept: it would only be in the way of the next one. */
const failedRestore = async (
  client: MysqlClient,
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  complaint: string,
  more: Partial<FailedOutcome>,
): Promise<never> => {
  if (!(await endLeftovers(ctx, database)))
    throw failure(complaint, { ...more, effect: 'some', living: true });
  try {
    await dropScratch(client, ctx, database);
  } catch (error) {
    ctx.log(`${database} could not be dropped: ${(error as Error).message}\n`, 'stderr');
    throw failure(complaint, { ...more, effect: 'some' });
  }
  throw failure(complaint, more);
};

const judgedBy = ({ code, byItself }: WorkResult): Partial<FailedOutcome> => ({
  retryable: code !== restoreExits.final,
  ...(byItself && { byItself }),
});

const listed = (names: readonly string[]): string => [...names].sort().join('\n');

/** What came out, table by table; it has to be what the dump has. */
const counted = async (
  client: MysqlClient,
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  dump: Dump,
): Promise<Omit<MysqlRestoreOutput, 'seconds'> | string> => {
  const tables = await countRows(client, ctx, database);
  if (listed(Object.keys(tables)) !== listed(dump.tables))
    return `the tables that came out are not those of the dump (${Object.keys(tables).length} of ${dump.tables.length})`;
  const unproven = await withSession(client, 'read', ctx, (session) =>
    unprovenBy(client, session, database, dump),
  );
  for (const one of unproven) ctx.log(`not proven: ${one}\n`);
  const rows = Object.values(tables).reduce((sum, n) => sum + n, 0);
  return { database, tables, rows, unproven: [...unproven] };
};

/** @param work null: this attempt has started it */
const restored = async (
  client: MysqlClient,
  ctx: ActContext,
  input: MysqlRestoreInput,
  dump: Dump,
  work: WorkScript | null,
): Promise<Outcome<MysqlRestoreOutput>> => {
  const { database } = input;
  const result = await restoreDump(ctx, dump, work);
  if (result.code !== 0)
    return failedRestore(client, ctx, input, await complaintOf(ctx, input, result), judgedBy(result));
  const found = await counted(client, ctx, input, dump);
  if (typeof found === 'string') return failedRestore(client, ctx, input, found, {});
  const output: MysqlRestoreOutput = { ...found, seconds: (result.tookMs ?? 0) / 1000 };
  if (input.keep) await markFinished(client, ctx, output);
  else await dropScratch(client, ctx, database);
  return { done: true, output };
};

const serverRefused = async (
  client: MysqlClient,
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  { message }: SqlError,
): Promise<StepFailed> => {
  const { is } = await lookAtScratch(client, ctx, database);
  return refused(
    `the server refused: ${message}`,
    "GRANT ALL ON the scratch database to the target's user",
    is === 'ours' ? { effect: 'some' } : {},
  );
};

/** Clears the way for the restore, and says what is to be started. */
const begin = async (
  client: MysqlClient,
  ctx: ActContext,
  input: MysqlRestoreInput,
): Promise<[Dump, WorkScript]> => {
  const server = await versionOf(client);
  const dump = await fitDump(ctx, input, server);
  const command = await clientCommand(ctx, client, server, input.database);
  if ('what' in command) throw refused(command.what, command.remedy);
  await clearName(client, ctx, input);
  if (dump.events > 0) ctx.log(`${dump.events} events of the dump are left out: they would run\n`);
  await makeScratch(client, ctx, input.database);
  return [dump, await restoreWork(ctx, input, client, command)];
};

/** The dump of work that is followed on: another one by now proves nothing, and the work is ended. */
const dumpOfStarted = async (
  client: MysqlClient,
  ctx: ActContext,
  input: MysqlRestoreInput,
): Promise<Dump> => {
  try {
    return await fitDump(ctx, input, await versionOf(client));
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return failedRestore(client, ctx, input, error.message, {});
  }
};

const run = async (ctx: ActContext, input: MysqlRestoreInput): Promise<Outcome<MysqlRestoreOutput>> => {
  const client = await ctx.connect('mysql');
  const started = await isStarted(ctx);
  if (!started) {
    const wrong = misfit(client, ctx, input);
    if (wrong) throw wrong;
    if (!(await endLeftovers(ctx, input.database, 'own'))) throw stillAtWork();
    const earlier = await lookAtScratch(client, ctx, input.database);
    // It may have got through before its outcome was known.
    if (earlier.is === 'ours' && earlier.output) return { done: true, output: earlier.output };
  }
  try {
    const [dump, work] = started
      ? ([await dumpOfStarted(client, ctx, input), null] as const)
      : await begin(client, ctx, input);
    return await restored(client, ctx, input, dump, work);
  } catch (error) {
    if (error instanceof StepFailed && error.outcome.effect !== 'unknown') throw error;
    const isDetached = ctx.signal.reason === 'detach';
    // The client is dead, or the connection is; the last statement need not be.
    if (
      !isDetached &&
      (ctx.signal.aborted || error instanceof SessionLost) &&
      !(await endLeftovers(ctx, input.database))
    )
      throw refused('the server still works on the restore', 'End its session by hand', {
        effect: 'unknown',
        living: true,
      });
    if (error instanceof SqlError) throw await serverRefused(client, ctx, input, error);
    throw error;
  }
};

const probe = (
  ctx: ActContext,
  input: MysqlRestoreInput,
  before: MysqlRestoreBefore,
): Promise<Probed<MysqlRestoreOutput>> =>
  probeWork(
    ctx,
    before,
    // The half of a database is left: another attempt drops it, and so does the undo.
    async (result) => {
      throw failure(await complaintOf(ctx, input, result), { ...judgedBy(result), effect: 'some' });
    },
    (result) => whatIsThere(ctx, input, result),
  );

const whatIsThere = async (
  ctx: ActContext,
  input: MysqlRestoreInput,
  result: WorkResult | null,
): Promise<Probed<MysqlRestoreOutput>> => {
  const { database, keep } = input;
  const client = await ctx.connect('mysql');
  const earlier = await onceOver(client, ctx, async () => null, { lock: scratchLock(ctx) });
  if (!earlier.over) return { state: 'unknown', why: earlier.why };
  const scratch = await lookAtScratch(client, ctx, database);
  if (scratch.is !== 'ours') return { state: 'not-done' };
  if (scratch.output) return { state: 'done', output: scratch.output };
  if (result !== null && keep) {
    const found = await counted(client, ctx, input, await fitDump(ctx, input, await versionOf(client)));
    if (typeof found !== 'string')
      return { state: 'done', output: { ...found, seconds: (result.tookMs ?? 0) / 1000 } };
  }
  // Not partial: it is no half of what was wanted, and a killed engine must not trigger a rollback.
  return { state: 'unknown', why: `${database} is half restored; another attempt drops it and begins anew` };
};

const undo = async (
  ctx: ActContext,
  { database }: MysqlRestoreInput,
  before: MysqlRestoreBefore,
): Promise<Outcome<null>> => {
  const client = await ctx.connect('mysql');
  if (!isOwnDatabase(client, database)) {
    if (!(await endLeftovers(ctx, database))) throw stillAtWork();
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
    if (wrong) return [wrong.problem];
    return rehearse(client, ctx, input);
  },

  async prepare(ctx, { database }) {
    const scratch = await lookAtScratch(await ctx.connect('mysql'), ctx, database);
    return { existed: scratch.is !== 'absent', supervised: true };
  },

  run,
  probe,
  end: async (ctx, { database }) => (await endAllWork(ctx)) && endLeftovers(ctx, database),
  undo,
};
