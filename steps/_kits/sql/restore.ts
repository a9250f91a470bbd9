/**
 * The acts of a step that proves a dump: restored into a scratch database of its own, counted, and dropped by the undo.
 * Whose a database is, a mark on it says.
 */
import {
  type ActContext,
  type FailedOutcome,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../../engine/step.ts';
import { endAndProve } from '../../_work/end-and-prove.ts';
import { endAllWork, endLeftWork } from '../../_work/end-left-work.ts';
import { isStarted, probeWork, type WorkResult, type WorkScript } from '../../_work/run-work.ts';
import { outOfReach } from './access.ts';
import { endSessionsOf, onceOver } from './act-lock.ts';
import { SessionLost, SqlError } from './client.ts';
import { rehearse } from './restore-check.ts';
import {
  type Restorable,
  type RestoreClient,
  type RestoreKind,
  refused,
  restoreExits,
  scratchLock,
} from './restore-kind.ts';
import type { RestoreBefore, RestoreInput, RestoreOutput } from './restore-step.ts';

const lookEveryMs = 100;

const stillAtWork = (): StepFailed =>
  refused('an earlier attempt is still at work and does not end', 'End it by hand', { living: true });

const judgedBy = ({ code, byItself }: WorkResult): Partial<FailedOutcome> => ({
  retryable: code !== restoreExits.final,
  ...(byItself && { byItself }),
});

const listed = (names: readonly string[]): string => [...names].sort().join('\n');

export const restores = <C extends RestoreClient, D extends Restorable>(
  kind: RestoreKind<C, D>,
): StepActs<RestoreInput, RestoreOutput, RestoreBefore> => {
  /** Never into the database that is to be proven. */
  const isOwnDatabase = ({ access }: C, database: string): boolean =>
    kind.isSameName(access.config.database, database);

  /** Why the step as written can never run; null: it can. */
  const misfit = (client: C, ctx: ActContext, { database }: RestoreInput): StepFailed | null => {
    if (isOwnDatabase(client, database))
      return refused(
        `${database} is the target's own database: it would be overwritten`,
        'Name a scratch database',
      );
    const reach = outOfReach(client.access, ctx.runOn);
    return reach === null ? null : refused(reach.what, reach.remedy);
  };

  /**
   * Also works once the signal has fired. False: something could not be proven dead. A client that is dead leaves its
   * statement at work until it is over: whoever is connected to the scratch database as the target's user is such a
   * session.
   * @param spare `own`: the work of this very attempt is left alone
   */
  const endLeftovers = async (ctx: ActContext, database: string, spare?: 'own'): Promise<boolean> => {
    // What has just been stopped still has to be ended.
    const unhurried: ActContext = { ...ctx, signal: AbortSignal.timeout(ctx.killGraceMs + 30_000) };
    if (!(await endLeftWork(unhurried, spare ? { spare } : {}))) return false;
    const client = await kind.clientOf(ctx);
    if (!(await endSessionsOf(client, unhurried, scratchLock(ctx)))) return false;
    const scratch = await kind.look(client, unhurried, database);
    if (scratch.is !== 'ours') return true;
    return endAndProve({
      living: () => client.ownSessionsIn(database),
      end: async (sessions) => {
        for (const id of sessions) await client.kill(id);
      },
      now: () => ctx.clock.now(),
      sleep: (ms) => ctx.clock.sleep(ms),
      limitMs: ctx.killGraceMs,
      pauseMs: { first: lookEveryMs, most: lookEveryMs },
    });
  };

  /** Clears the name for a new scratch database; what it may not drop it refuses. */
  const clearName = async (
    client: C,
    ctx: ActContext,
    { database, replace }: RestoreInput,
  ): Promise<void> => {
    const scratch = await kind.look(client, ctx, database);
    if (scratch.is === 'absent') return;
    if (scratch.is === 'foreign' && !(scratch.empty && replace))
      throw refused(
        `database ${database} exists and was not created by ${kind.type}: it is never dropped`,
        scratch.empty ? 'It is empty: drop it, or say replace: true' : 'Choose another name',
      );
    if (scratch.is === 'anothers' && !replace)
      throw refused(
        `${database} is there, from an earlier restore (${scratch.owner})`,
        'Say replace: true, or choose another name',
      );
    await kind.drop(client, ctx, database);
  };

  const fitDump = async (ctx: ActContext, input: RestoreInput, client: C): Promise<D> => {
    const inspected = await kind.inspect(ctx, input.path);
    if (inspected.is === 'absent')
      throw refused(`${input.path} is not there`, 'Check the path, and that the dump was taken');
    if (inspected.is === 'unfit')
      throw refused(inspected.why, `Take the dump anew with ${kind.dumpType}`, {
        retryable: !inspected.final,
      });
    const { dump } = inspected;
    if (input.sha256 !== undefined && input.sha256 !== dump.sha256)
      throw refused(
        `${input.path} is not the dump that was taken: its SHA-256 is ${dump.sha256}, not ${input.sha256}`,
        'Find out who changed it; take another dump',
      );
    const unfit = await kind.misfit(client, dump);
    if (unfit !== null) throw refused(unfit.what, unfit.remedy);
    return dump;
  };

  const failure = (complaint: string, more: Partial<FailedOutcome>): StepFailed =>
    refused(`the restore failed: ${complaint}`, kind.remedyFor(complaint), more);

  /** Nothing of a failed restore is kept: it would only be in the way of the next one. */
  const failedRestore = async (
    client: C,
    ctx: ActContext,
    { database }: RestoreInput,
    complaint: string,
    more: Partial<FailedOutcome>,
  ): Promise<never> => {
    if (!(await endLeftovers(ctx, database)))
      throw failure(complaint, { ...more, effect: 'some', living: true });
    try {
      await kind.drop(client, ctx, database);
    } catch (error) {
      ctx.log(`${database} could not be dropped: ${(error as Error).message}\n`, 'stderr');
      throw failure(complaint, { ...more, effect: 'some' });
    }
    throw failure(complaint, more);
  };

  /** What came out, table by table; it has to be what the dump has. */
  const counted = async (
    client: C,
    ctx: ActContext,
    { database }: RestoreInput,
    dump: D,
  ): Promise<Omit<RestoreOutput, 'seconds'> | string> => {
    const tables = await kind.count(client, ctx, database);
    if (listed(Object.keys(tables)) !== listed(dump.tables))
      return `the tables that came out are not those of the dump (${Object.keys(tables).length} of ${dump.tables.length})`;
    const unproven = await kind.unproven(client, ctx, database, dump);
    for (const one of unproven) ctx.log(`not proven: ${one}\n`);
    const rows = Object.values(tables).reduce((sum, n) => sum + n, 0);
    return { database, tables, rows, unproven: [...unproven] };
  };

  /** @param work null: this attempt has started it */
  const restored = async (
    client: C,
    ctx: ActContext,
    input: RestoreInput,
    dump: D,
    work: WorkScript | null,
  ): Promise<Outcome<RestoreOutput>> => {
    const result = await kind.restore(ctx, dump, work);
    if (result.code !== 0)
      return failedRestore(client, ctx, input, await kind.complaintOf(ctx, input, result), judgedBy(result));
    const found = await counted(client, ctx, input, dump);
    if (typeof found === 'string') return failedRestore(client, ctx, input, found, {});
    const output: RestoreOutput = { ...found, seconds: (result.tookMs ?? 0) / 1000 };
    if (input.keep) await kind.markFinished(client, ctx, output);
    else await kind.drop(client, ctx, input.database);
    return { done: true, output };
  };

  /** Clears the way for the restore, and says what is to be started. */
  const begin = async (client: C, ctx: ActContext, input: RestoreInput): Promise<[D, WorkScript]> => {
    const dump = await fitDump(ctx, input, client);
    const work = await kind.work(ctx, client, input);
    if ('what' in work) throw refused(work.what, work.remedy);
    await clearName(client, ctx, input);
    const leftOut = kind.leftOut?.(dump) ?? null;
    if (leftOut !== null) ctx.log(`${leftOut}\n`);
    await kind.make(client, ctx, input.database);
    return [dump, work];
  };

  /** The dump of work that is followed on: another one by now proves nothing, and the work is ended. */
  const dumpOfStarted = async (client: C, ctx: ActContext, input: RestoreInput): Promise<D> => {
    try {
      return await fitDump(ctx, input, client);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      return failedRestore(client, ctx, input, error.message, {});
    }
  };

  const run = async (ctx: ActContext, input: RestoreInput): Promise<Outcome<RestoreOutput>> => {
    const client = await kind.clientOf(ctx);
    const { database } = input;
    const started = await isStarted(ctx);
    if (!started) {
      const wrong = misfit(client, ctx, input);
      if (wrong) throw wrong;
      if (!(await endLeftovers(ctx, database, 'own'))) throw stillAtWork();
      const earlier = await kind.look(client, ctx, database);
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
        !(await endLeftovers(ctx, database))
      )
        throw refused('the server still works on the restore', 'End its session by hand', {
          effect: 'unknown',
          living: true,
        });
      if (!(error instanceof SqlError)) throw error;
      const { is } = await kind.look(client, ctx, database);
      throw refused(
        `the server refused: ${error.message}`,
        kind.rightsRemedy,
        is === 'ours' ? { effect: 'some' } : {},
      );
    }
  };

  const whatIsThere = async (
    ctx: ActContext,
    input: RestoreInput,
    result: WorkResult | null,
  ): Promise<Probed<RestoreOutput>> => {
    const { database, keep } = input;
    const client = await kind.clientOf(ctx);
    const earlier = await onceOver(client, ctx, async () => null, { lock: scratchLock(ctx) });
    if (!earlier.over) return { state: 'unknown', why: earlier.why };
    const scratch = await kind.look(client, ctx, database);
    if (scratch.is !== 'ours') return { state: 'not-done' };
    if (scratch.output) return { state: 'done', output: scratch.output };
    if (result !== null && keep) {
      const found = await counted(client, ctx, input, await fitDump(ctx, input, client));
      if (typeof found !== 'string')
        return { state: 'done', output: { ...found, seconds: (result.tookMs ?? 0) / 1000 } };
    }
    // Not partial: it is no half of what was wanted, and a killed engine must not trigger a rollback.
    return {
      state: 'unknown',
      why: `${database} is half restored; another attempt drops it and begins anew`,
    };
  };

  return {
    async check(ctx, input) {
      const client = await kind.clientOf(ctx);
      const wrong = misfit(client, ctx, input);
      if (wrong) return [wrong.problem];
      return rehearse(kind, client, ctx, input);
    },

    async prepare(ctx, { database }) {
      const scratch = await kind.look(await kind.clientOf(ctx), ctx, database);
      return { existed: scratch.is !== 'absent', supervised: true };
    },

    run,

    probe: (ctx, input, before) =>
      probeWork(
        ctx,
        before,
        // The half of a database is left: another attempt drops it, and so does the undo.
        async (result) => {
          throw failure(await kind.complaintOf(ctx, input, result), { ...judgedBy(result), effect: 'some' });
        },
        (result) => whatIsThere(ctx, input, result),
      ),

    end: async (ctx, { database }) => (await endAllWork(ctx)) && endLeftovers(ctx, database),

    async undo(ctx, { database }, before) {
      const client = await kind.clientOf(ctx);
      if (isOwnDatabase(client, database)) return { done: true, output: null };
      if (!(await endLeftovers(ctx, database))) throw stillAtWork();
      const scratch = await kind.look(client, ctx, database);
      // Empty where none was: what a kill left between making and marking it. Nothing is lost with it.
      const ours = scratch.is === 'ours' || (scratch.is === 'foreign' && scratch.empty && !before.existed);
      if (ours) await kind.drop(client, ctx, database);
      else if (scratch.is !== 'absent') ctx.log(`${database} stays: this step did not make it\n`);
      return { done: true, output: null };
    },
  };
};
