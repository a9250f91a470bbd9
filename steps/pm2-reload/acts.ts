import type { ActContext, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { endGroups, notedGroups } from '../_work/work-group.ts';
import { type App, isAtWork, listApps, Pm2Error, pidsOf, savedList, startedWith } from './apps.ts';
import { environmentFaults } from './environment.ts';
import { hasStopped, NotAsWanted, saveApps, startApps, stopApps, untilStable } from './operate.ts';
import { rehearseReload } from './rehearse.ts';
import { restoredPids } from './restored.ts';
import type { Pm2ReloadInput, Pm2ReloadOutput, ReloadBefore } from './step.ts';
import { undoReload } from './undo.ts';

const namesOf = ({ name, also }: Pm2ReloadInput): readonly string[] => [name, ...also];

const cwdOf = async (ctx: ActContext, app: App | undefined): Promise<string | null> =>
  app === undefined || app.pid === 0
    ? null
    : ((await startedWith(ctx, await ctx.connect('shell'), app.pid))?.cwd ?? null);

const previousPids = ({ apps }: ReloadBefore): number[] => apps.flatMap(({ pids }) => pids);

const outputOf = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
  apps: readonly App[],
): Promise<Pm2ReloadOutput> => {
  const byName = await Promise.all(
    namesOf(input).map(async (name) => {
      const own = apps.filter((app) => app.name === name);
      return { name, pids: pidsOf(own), cwd: await cwdOf(ctx, own[0]) };
    }),
  );
  return {
    name: input.name,
    state: input.state,
    apps: byName,
    pids: byName.flatMap(({ pids }) => pids),
    previous_pids: previousPids(before),
    restarts: apps.reduce((sum, { restarts }) => sum + restarts, 0),
  };
};

const prepare = async (ctx: ActContext, input: Pm2ReloadInput): Promise<ReloadBefore> => {
  const apps = await listApps(ctx, namesOf(input));
  const known = namesOf(input).flatMap((name) => {
    const own = apps.filter((app) => app.name === name);
    return own[0] === undefined ? [] : [{ name, own, first: own.find(isAtWork) ?? own[0] }];
  });
  return {
    apps: await Promise.all(
      known.map(async ({ name, own, first }) => ({
        name,
        ran: own.some(isAtWork),
        pids: pidsOf(own),
        cwd: await cwdOf(ctx, first),
        script: first.script,
      })),
    ),
  };
};

const failed = (error: NotAsWanted, effect: 'none' | 'some'): Outcome<never> => ({
  done: false,
  effect,
  retryable: !error.final && !error.living,
  short: error.message,
  remedy: error.living
    ? 'End these processes by hand, then retry'
    : 'See `pm2 logs` there, then retry: the app is deleted and started anew; or roll back',
  ...(error.living && { living: true }),
});

const nothingToStop = (names: readonly string[]): Outcome<never> => ({
  done: false,
  effect: 'none',
  retryable: false,
  short: `pm2 knows no ${names.join(' and no ')} here: nothing proves that they are stopped`,
  remedy:
    'Check the names, the user and PM2_HOME of the place; skip the step where they are known to be stopped',
});

const run = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Outcome<Pm2ReloadOutput>> => {
  const names = namesOf(input);
  if (!(await endGroups(ctx)))
    return failed(new NotAsWanted('an earlier pm2 command does not end', { living: true }), 'none');
  let effect: 'none' | 'some' = 'none';
  try {
    const current = await listApps(ctx, names);
    // A pm2 that knows none of them proves nothing: it may be another user's, or its daemon dead and the apps alive.
    if (input.state === 'stopped' && current.length === 0 && !(await hasStopped(ctx)))
      return nothingToStop(names);
    effect = 'some';
    await stopApps(ctx, current);
    let apps: readonly App[] = [];
    if (input.state === 'running') {
      await startApps(ctx, input.ecosystem, names);
      apps = await untilStable(ctx, names, input);
      const faults = await environmentFaults(ctx, input, apps);
      if (faults.length > 0) throw new NotAsWanted(faults.join('; '));
    }
    if (input.save) await saveApps(ctx);
    return { done: true, output: await outputOf(ctx, input, before, apps) };
  } catch (error) {
    if (error instanceof NotAsWanted) return failed(error, effect);
    if (error instanceof Pm2Error)
      return failed(new NotAsWanted(error.message, { final: error.missing }), effect);
    throw error;
  }
};

const samePids = (a: readonly number[], b: readonly number[]): boolean =>
  [...a].sort().join(' ') === [...b].sort().join(' ');

/** Whether the saved list is of after the act: without it a reboot would bring up what was there before. */
const isSaved = async (ctx: ActContext, input: Pm2ReloadInput, apps: readonly App[]): Promise<boolean> => {
  if (!input.save) return true;
  const { names, atMs } = await savedList(ctx);
  if (input.state === 'stopped') return namesOf(input).every((name) => !names.has(name));
  // The file's time is in whole seconds.
  return (
    namesOf(input).every((name) => names.has(name)) &&
    apps.every(({ startedAtMs }) => atMs + 1000 > startedAtMs)
  );
};

const isUp = async (ctx: ActContext, input: Pm2ReloadInput, apps: readonly App[]): Promise<boolean> =>
  namesOf(input).every((name) => apps.some((app) => app.name === name)) &&
  apps.every(({ status }) => status === 'online') &&
  (await environmentFaults(ctx, input, apps)).length === 0;

const probe = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Probed<Pm2ReloadOutput>> => {
  if ((await notedGroups(ctx)) > 0)
    return { state: 'unknown', why: 'a pm2 command was at work; another attempt ends it' };
  const apps = await listApps(ctx, namesOf(input));
  const pids = pidsOf(apps);
  const anew = input.state === 'stopped' || !pids.some((pid) => previousPids(before).includes(pid));
  const restored = await restoredPids(ctx);
  const isBack = restored !== null && samePids(pids, restored);
  const asWanted =
    input.state === 'stopped' ? apps.length === 0 : apps.length > 0 && (await isUp(ctx, input, apps));
  if (
    asWanted &&
    anew &&
    !isBack &&
    before.apps.length + apps.length > 0 &&
    (await isSaved(ctx, input, apps))
  )
    return { state: 'done', output: await outputOf(ctx, input, before, apps) };
  if (isBack || (samePids(pids, previousPids(before)) && apps.length === before.apps.length))
    return { state: 'not-done' };
  return { state: 'unknown', why: 'the apps are neither those of before nor up as wanted' };
};

export const acts: StepActs<Pm2ReloadInput, Pm2ReloadOutput, ReloadBefore> = {
  check: rehearseReload,
  prepare,
  run,
  probe,
  end: endGroups,
  undo: undoReload,
};
