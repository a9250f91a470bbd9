/** Whether processes were started with what they should be; names only, never a value. */
import type { ActContext } from '../../engine/step.ts';
import { type App, type Started, startedWith } from './apps.ts';
import type { Pm2ReloadInput } from './step.ts';

const valueIn = (app: App, started: Started | null, key: string): string | undefined => {
  if (started !== null) return started.env[key];
  const kept = app.env[key];
  return kept === undefined ? undefined : String(kept);
};

/** A variable that pm2 still keeps would be back with the next restart. */
const isThere = (app: App, started: Started | null, key: string): boolean =>
  started?.env[key] !== undefined || app.env[key] !== undefined;

/** What is wrong, a line each; empty: all is well. */
export const environmentFaults = async (
  ctx: ActContext,
  { env }: Pm2ReloadInput,
  apps: readonly App[],
): Promise<readonly string[]> => {
  if (Object.keys(env.expect).length + env.absent.length === 0) return [];
  const shell = await ctx.connect('shell');
  const faults: string[] = [];
  for (const app of apps) {
    const started = await startedWith(ctx, shell, app.pid);
    const who = `in ${app.name} (pid ${app.pid})`;
    for (const [key, wanted] of Object.entries(env.expect)) {
      const found = valueIn(app, started, key);
      if (found === undefined) faults.push(`${key} is not set ${who}`);
      else if (found !== ctx.reveal(wanted)) faults.push(`${key} has another value ${who}`);
    }
    for (const key of env.absent) if (isThere(app, started, key)) faults.push(`${key} is still set ${who}`);
  }
  return faults;
};
