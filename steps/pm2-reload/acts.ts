import { type ActContext, type Outcome, type Probed, type StepActs, StepFailed } from '../../engine/step.ts';
import { endAllWork, endLeftWork } from '../_work/end-left-work.ts';
import { isStarted, probeWork } from '../_work/run-work.ts';
import { type App, isAtWork, listApps, pidsOf, savedList, startedWith } from './apps.ts';
import { environmentFaults } from './environment.ts';
import { hasStopped, notAsWanted, type Reload, reloadApps, saveApps, untilStable } from './operate.ts';
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
    supervised: true,
  };
};

const nothingToStop = (names: readonly string[]): StepFailed =>
  new StepFailed(`pm2 knows no ${names.join(' and no ')} here: nothing proves that they are stopped`, {
    effect: 'none',
    remedy:
      'Check the names, the user and PM2_HOME of the place; skip the step where they are known to be stopped',
  });

/** From then on the apps are no longer as they were, whatever is thrown. */
const changedSince = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StepFailed && error.outcome.effect === 'none')
      throw new StepFailed(error.message, { ...error.outcome, effect: 'some' });
    throw error;
  }
};

/** What is to be deleted and started. */
const wantedReload = async (ctx: ActContext, input: Pm2ReloadInput): Promise<Reload> => {
  const names = namesOf(input);
  if (!(await endLeftWork(ctx, { spare: 'own' })))
    throw notAsWanted('an earlier pm2 command could not be ended', { effect: 'none', living: true });
  const current = await listApps(ctx, names);
  // A pm2 that knows none of them proves nothing: it may be another user's, or its daemon dead and the apps alive.
  if (input.state === 'stopped' && current.length === 0 && !(await hasStopped(ctx)))
    throw nothingToStop(names);
  return { current, ecosystem: input.ecosystem, names: input.state === 'running' ? names : [] };
};

const run = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Outcome<Pm2ReloadOutput>> => {
  const reload = (await isStarted(ctx)) ? null : await wantedReload(ctx, input);
  await reloadApps(ctx, reload);
  return changedSince(async () => {
    let apps: readonly App[] = [];
    if (input.state === 'running') {
      apps = await untilStable(ctx, namesOf(input), input);
      const faults = await environmentFaults(ctx, input, apps);
      if (faults.length > 0) throw notAsWanted(faults.join('; '));
    }
    if (input.save) await saveApps(ctx);
    return { done: true, output: await outputOf(ctx, input, before, apps) };
  });
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

const probe = (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Probed<Pm2ReloadOutput>> =>
  // What a failing exit has changed only the apps themselves can tell.
  probeWork(
    ctx,
    before,
    () => whatIsThere(ctx, input, before),
    () => whatIsThere(ctx, input, before),
  );

const whatIsThere = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Probed<Pm2ReloadOutput>> => {
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
  end: (ctx) => endAllWork(ctx),
  undo: undoReload,
};
