/** What an attempt may have left at work: a process group at the place, and its session on the server. */
import type { ActContext } from '../../engine/step.ts';
import { endSessionsOf } from '../_kits/sql/act-lock.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { endLeftWriting } from '../_work/left-writing.ts';
import { sha256 } from '../_work/path.ts';
import { runScript } from '../_work/script.ts';
import { lookAtScratch, scratchLock } from './scratch.ts';
import { workScript } from './scripts.ts';

const lookEveryMs = 100;

/** In the run's own folder at the place, since the dump's may be read-only; the same for every attempt. */
export const workOf = async (ctx: ActContext): Promise<string> => {
  const shell = await ctx.connect('shell');
  const name = `restore-${sha256(`${ctx.runId}/${ctx.stepId}`).slice(0, 12)}`;
  const { code, lines, complaint } = await runScript(shell, workScript, [
    shell.stateDir ?? '',
    ctx.runId,
    name,
  ]);
  if (code !== 0 || lines[0] === undefined)
    throw new Error(`no state folder on ${shell.place}: ${complaint}`);
  return lines[0];
};

/**
 * A client that is dead leaves its statement at work until it is over. Whoever is connected to the scratch
 * database as the target's user is such a session. False: the server still knows one after the grace.
 */
const endServerSessions = async (
  client: MysqlClient,
  ctx: ActContext,
  database: string,
): Promise<boolean> => {
  const deadline = ctx.clock.now() + ctx.killGraceMs;
  for (;;) {
    const sessions = await client.ownSessionsIn(database);
    if (sessions.length === 0) return true;
    for (const id of sessions) await client.kill(id);
    if (ctx.clock.now() >= deadline) return false;
    await ctx.clock.sleep(lookEveryMs);
  }
};

/** Also works once the signal has fired. False: something could not be proven dead. */
export const endLeftovers = async (ctx: ActContext, database: string): Promise<boolean> => {
  // What has just been stopped still has to be ended.
  const unhurried: ActContext = { ...ctx, signal: AbortSignal.timeout(ctx.killGraceMs + 30_000) };
  const work = await workOf(unhurried);
  if (!(await endLeftWriting(unhurried, work))) return false;
  const client = await ctx.connect('mysql');
  if (!(await endSessionsOf(client, unhurried, scratchLock(ctx)))) return false;
  const scratch = await lookAtScratch(client, unhurried, database);
  return scratch.is !== 'ours' || (await endServerSessions(client, ctx, database));
};
