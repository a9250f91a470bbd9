import { type ActContext, type Outcome, StepFailed } from '../../engine/step.ts';
import { endLeftWork } from '../_work/end-left-work.ts';
import { readByScript } from '../_work/script.ts';
import { type App, isAtWork, listApps, pidsOf, startedWith } from './apps.ts';
import { notAsWanted, reloadApps, saveApps, untilStable } from './operate.ts';
import { rememberRestored, restoredPids } from './restored.ts';
import { chooseScript } from './scripts.ts';
import type { Pm2ReloadInput, ReloadBefore } from './step.ts';

type Was = ReloadBefore['apps'][number];

/**
 * The path in the file usually leads through the link that another step switches, and that step's undo comes
 * after this one: where the link leads elsewhere today, the file of the same name in the folder where the app
 * ran is taken.
 */
const ecosystemFor = async (ctx: ActContext, ecosystem: string, ran: readonly Was[]): Promise<string> => {
  const folder = ran[0]?.cwd ?? null;
  if (folder === null) return ecosystem;
  const [chosen = ecosystem] = await readByScript(await ctx.connect('shell'), chooseScript, [
    ecosystem,
    folder,
  ]);
  if (chosen !== ecosystem) ctx.log(`${ecosystem} leads to another release: started from ${chosen}\n`);
  return chosen;
};

const startedElsewhere = async (
  ctx: ActContext,
  ran: readonly Was[],
  apps: readonly App[],
): Promise<string[]> => {
  const shell = await ctx.connect('shell');
  const wrong: string[] = [];
  for (const app of apps) {
    const was = ran.find(({ name }) => name === app.name)?.cwd ?? null;
    const now = (await startedWith(ctx, shell, app.pid))?.cwd ?? null;
    if (was !== null && now !== null && was !== now) wrong.push(`${app.name} runs in ${now}, not in ${was}`);
  }
  return wrong;
};

const restore = async (ctx: ActContext, input: Pm2ReloadInput, before: ReloadBefore): Promise<void> => {
  const names = [input.name, ...input.also];
  const current = await listApps(ctx, names);
  const restored = await restoredPids(ctx);
  const ran = before.apps.filter((app) => app.ran);
  const pids = pidsOf(current);
  const target = restored ?? before.apps.flatMap((app) => app.pids);
  const untouched = pids.join(' ') === [...target].sort((a, b) => a - b).join(' ');
  const all = ran.every(({ name }) => current.some((app) => app.name === name && isAtWork(app)));
  if (untouched && all && (ran.length > 0 || current.length === before.apps.length)) return;
  for (const { name } of before.apps.filter((app) => !app.ran))
    ctx.log(`${name} was known to pm2 but not at work: it is not started\n`);
  const back = ran.map(({ name }) => name);
  const ecosystem = await ecosystemFor(ctx, input.ecosystem, ran);
  await reloadApps(ctx, { current, ecosystem, names: back });
  let apps: readonly App[] = [];
  if (ran.length > 0) {
    apps = await untilStable(ctx, back, input);
    const wrong = await startedElsewhere(ctx, ran, apps);
    if (wrong.length > 0) throw notAsWanted(`${wrong.join('; ')}: switch the release back, then retry`);
  }
  if (input.save) await saveApps(ctx);
  await rememberRestored(ctx, pidsOf(apps));
};

export const undoReload = async (
  ctx: ActContext,
  input: Pm2ReloadInput,
  before: ReloadBefore,
): Promise<Outcome<null>> => {
  try {
    if (!(await endLeftWork(ctx)))
      throw notAsWanted('an earlier pm2 command could not be ended', { effect: 'none', living: true });
    await restore(ctx, input, before);
    return { done: true, output: null };
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const was = before.apps.map(({ name, ran, cwd }) => (ran ? `${name} in ${cwd}` : '')).join(' ') || 'none';
    const ranBefore = `These ran before the step: ${was}`;
    ctx.log(`${ranBefore}\n`, 'stderr');
    throw new StepFailed(`could not bring the apps back: ${error.message}`, {
      ...error.outcome,
      retryable: !error.outcome.living,
      remedy: error.outcome.remedy ?? ranBefore,
    });
  }
};
