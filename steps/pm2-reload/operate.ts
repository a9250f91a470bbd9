/** Stopping, starting and saving; each throws StepFailed, and none touches an app by another name. */
import parseDuration from 'parse-duration';
import { type ActContext, type FailedOutcome, StepFailed } from '../../engine/step.ts';
import { keptBy } from '../_work/end-left-work.ts';
import { runWork, type WorkResult } from '../_work/run-work.ts';
import { readByScript, runScript } from '../_work/script.ts';
import { type App, listApps, pidsOf, plain } from './apps.ts';
import { deletedScript, pm2Exits, reloadScript, saveScript, tailScript } from './scripts.ts';
import type { Pm2ReloadInput } from './step.ts';

/** The apps are not as they are wanted. */
export const notAsWanted = (reason: string, more: Partial<FailedOutcome> = {}): StepFailed =>
  new StepFailed(reason, {
    effect: 'some',
    retryable: !more.living,
    remedy: more.living
      ? 'End these processes by hand, then retry'
      : 'See `pm2 logs` there, then retry: the app is deleted and started anew; or roll back',
    ...more,
  });

const operated = ({ code, complaint, byItself }: WorkResult): void => {
  if (code === 0) return;
  const living = code === pm2Exits.living;
  throw notAsWanted(living ? complaint : `pm2: ${plain(complaint)}`, {
    ...(living && { living }),
    ...((code === pm2Exits.final || code === pm2Exits.noPm2) && { retryable: false }),
    ...(byItself && { byItself }),
  });
};

const lookEveryMs = 200;

export interface Reload {
  /** Deleted by their ids: a name could also be that of a namespace. All their processes are waited for. */
  readonly current: readonly App[];
  readonly ecosystem: string;
  /** What is started then; empty: none. */
  readonly names: readonly string[];
}

/**
 * On this machine the engine's own environment holds secrets that are no business of the app.
 * @param reload null: this attempt has started it
 */
export const reloadApps = async (ctx: ActContext, reload: Reload | null): Promise<void> => {
  if (reload === null) return operated(await runWork(ctx, null));
  const { current, ecosystem, names } = reload;
  const args = [
    ...keptBy(ctx, await ctx.connect('shell')),
    String(Math.ceil(ctx.killGraceMs / lookEveryMs)),
    pidsOf(current).join(' '),
    current.map(({ id }) => id).join(' '),
    ctx.runOn === 'local' ? '1' : '0',
    ecosystem,
    names.join(','),
  ];
  operated(await runWork(ctx, { script: reloadScript, args }));
};

/** Whether an attempt of this step has deleted apps: a later one no longer finds them. */
export const hasStopped = async (ctx: ActContext): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const [said] = await readByScript(shell, deletedScript, keptBy(ctx, shell));
  return said === 'yes';
};

export const saveApps = async (ctx: ActContext): Promise<void> =>
  operated(await runWork(ctx, { script: saveScript, args: [] }, { part: 'save' }));

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
      throw notAsWanted(`the ecosystem file has started no ${missing.join(' and no ')}`, {
        retryable: false,
      });
    const fallen = apps.find(
      ({ status, restarts }) => restarts > 0 || (status !== 'online' && status !== 'launching'),
    );
    if (fallen !== undefined) {
      await tellErrors(ctx, fallen);
      throw notAsWanted(
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
  throw notAsWanted('it does not get online');
};
