/** Stopping, starting and saving; each throws or answers with a reason, and none touches an app by another name. */
import parseDuration from 'parse-duration';
import type { ActContext } from '../../engine/step.ts';
import { readByScript, runScript } from '../_work/script.ts';
import { leadArguments } from '../_work/work-group.ts';
import { type App, listApps, pidsOf, plain } from './apps.ts';
import {
  aliveScript,
  deletedScript,
  deleteScript,
  familyScript,
  saveScript,
  startScript,
  tailScript,
} from './scripts.ts';
import type { Pm2ReloadInput } from './step.ts';

/** `reason` is one line; `living`: processes could not be proven gone; `final`: trying again cannot help. */
export class NotAsWanted extends Error {
  override readonly name = 'NotAsWanted';
  readonly living: boolean;
  readonly final: boolean;
  constructor(reason: string, { living = false, final = false } = {}) {
    super(reason);
    this.living = living;
    this.final = final;
  }
}

const operate = async (ctx: ActContext, script: string, args: readonly string[]): Promise<void> => {
  const shell = await ctx.connect('shell');
  const { signal, killGraceMs } = ctx;
  const { code, complaint } = await runScript(shell, script, [...leadArguments(ctx, shell), ...args], {
    signal,
    killGraceMs,
  });
  if (code !== 0) throw new NotAsWanted(`pm2: ${plain(complaint)}`, { final: code === 3 || code === 4 });
};

/** Deletes them by their ids: a name could also be that of a namespace. Waits until all their processes are gone. */
export const stopApps = async (ctx: ActContext, apps: readonly App[]): Promise<void> => {
  const shell = await ctx.connect('shell');
  if (apps.length === 0) return;
  const pids = pidsOf(apps).map(String);
  const [first, ...rest] = pids;
  const family = first === undefined ? [] : await readByScript(shell, familyScript, [first, ...rest]);
  await operate(
    ctx,
    deleteScript,
    apps.map(({ id }) => String(id)),
  );
  const [one, ...others] = family;
  if (one === undefined) return;
  const giveUp = ctx.clock.now() + ctx.killGraceMs;
  for (;;) {
    const alive = await readByScript(shell, aliveScript, [one, ...others], { signal: ctx.signal });
    if (alive.length === 0) return;
    if (ctx.clock.now() >= giveUp)
      throw new NotAsWanted(`deleted, but processes of it are still alive: ${alive.join(', ')}`, {
        living: true,
      });
    await ctx.clock.sleep(200, ctx.signal);
  }
};

/** Whether an attempt of this step has deleted apps: a later one no longer finds them. */
export const hasStopped = async (ctx: ActContext): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const [said] = await readByScript(shell, deletedScript, leadArguments(ctx, shell));
  return said === 'yes';
};

/** On this machine the engine's own environment holds secrets that are no business of the app. */
export const startApps = (ctx: ActContext, ecosystem: string, names: readonly string[]): Promise<void> =>
  operate(ctx, startScript, [ctx.runOn === 'local' ? '1' : '0', ecosystem, names.join(',')]);

export const saveApps = (ctx: ActContext): Promise<void> => operate(ctx, saveScript, []);

/** What the app said last, for whoever has to find out why it does not stay up. */
const tellErrors = async (ctx: ActContext, { name, errorLog }: App): Promise<void> => {
  if (errorLog === null) return;
  const { lines } = await runScript(await ctx.connect('shell'), tailScript, [errorLog]);
  if (lines.length > 0) ctx.log(`last lines of ${errorLog} (${name}):\n${lines.join('\n')}\n`, 'stderr');
};

/** Of an app that never gets out of `launching`; the step's own time-out is usually earlier. */
const maxLooks = 600;

/** Answers once every app has been online for the time, as the same processes and without a restart. */
export const untilStable = async (
  ctx: ActContext,
  names: readonly string[],
  { stable_for }: Pick<Pm2ReloadInput, 'stable_for'>,
): Promise<readonly App[]> => {
  const stableMs = parseDuration(stable_for) ?? 0;
  let seen = '';
  let sinceMs = 0;
  for (let looks = 0; looks < maxLooks; looks += 1) {
    ctx.signal.throwIfAborted();
    const apps = await listApps(ctx, names);
    const missing = names.filter((name) => !apps.some((app) => app.name === name));
    if (missing.length > 0)
      throw new NotAsWanted(`the ecosystem file has started no ${missing.join(' and no ')}`, { final: true });
    const fallen = apps.find(
      ({ status, restarts }) => restarts > 0 || (status !== 'online' && status !== 'launching'),
    );
    if (fallen !== undefined) {
      await tellErrors(ctx, fallen);
      throw new NotAsWanted(
        `${fallen.name} does not stay up: ${fallen.status}, ${fallen.restarts} restarts; its last errors are in the log`,
      );
    }
    const now = apps.every(({ status }) => status === 'online') ? pidsOf(apps).join(' ') : '';
    if (now !== seen) {
      seen = now;
      sinceMs = ctx.clock.now();
    }
    const leftMs = sinceMs + stableMs - ctx.clock.now();
    if (now !== '' && leftMs <= 0) return apps;
    await ctx.clock.sleep(Math.max(100, Math.min(leftMs, 1000)), ctx.signal);
  }
  throw new NotAsWanted('it does not get online');
};
