/** What an attempt may have left at work: processes at the place, and its session on the server. */
import type { ActContext } from '../../engine/step.ts';
import { endSessionsOf } from '../_kits/sql/act-lock.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { endAndProve } from '../_work/end-and-prove.ts';
import { endLeftWork } from '../_work/end-left-work.ts';
import { lookAtScratch, scratchLock } from './scratch.ts';

const lookEveryMs = 100;

/**
 * A client that is dead leaves its statement at work until it is over. Whoever is connected to the scratch
 * database as the target's user is such a session. False: the server still knows one after the grace.
 */
const endServerSessions = async (client: MysqlClient, ctx: ActContext, database: string): Promise<boolean> =>
  endAndProve({
    living: () => client.ownSessionsIn(database),
    end: async (sessions) => {
      for (const id of sessions) await client.kill(id);
    },
    now: () => ctx.clock.now(),
    sleep: (ms) => ctx.clock.sleep(ms),
    limitMs: ctx.killGraceMs,
    pauseMs: { first: lookEveryMs, most: lookEveryMs },
  });

/**
 * Also works once the signal has fired. False: something could not be proven dead.
 * @param spare `own`: the work of this very attempt is left alone
 */
export const endLeftovers = async (ctx: ActContext, database: string, spare?: 'own'): Promise<boolean> => {
  // What has just been stopped still has to be ended.
  const unhurried: ActContext = { ...ctx, signal: AbortSignal.timeout(ctx.killGraceMs + 30_000) };
  if (!(await endLeftWork(unhurried, spare ? { spare } : {}))) return false;
  const client = await ctx.connect('mysql');
  if (!(await endSessionsOf(client, unhurried, scratchLock(ctx)))) return false;
  const scratch = await lookAtScratch(client, unhurried, database);
  return scratch.is !== 'ours' || (await endServerSessions(client, ctx, database));
};
