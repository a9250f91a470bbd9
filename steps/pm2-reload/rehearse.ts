import { type ActContext, type Finding, StepFailed } from '../../engine/step.ts';
import { runScript } from '../_work/script.ts';
import { type App, isAtWork, listApps, plain } from './apps.ts';
import { namesScript } from './scripts.ts';
import type { Pm2ReloadInput } from './step.ts';

const absent = 'Let an earlier step make it, or fix `ecosystem`';

const ecosystemFinding = async (
  ctx: ActContext,
  { ecosystem, name, also }: Pm2ReloadInput,
): Promise<Finding> => {
  const shell = await ctx.connect('shell');
  const { code, lines, complaint } = await runScript(shell, namesScript, [ecosystem], { signal: ctx.signal });
  const [state, ...names] = lines;
  if (state === 'absent')
    return {
      level: 'problem',
      what: `${ecosystem} on ${shell.place} does not exist yet`,
      remedy: absent,
      passing: true,
    };
  if (state === 'unread')
    return {
      level: 'unchecked',
      what: `only pm2 itself can read ${ecosystem}`,
      remedy: 'Name it .cjs or .json',
    };
  if (code !== 0)
    return {
      level: 'problem',
      what: `${ecosystem} cannot be loaded: ${plain(complaint)}`,
      remedy: 'Fix it',
    };
  const missing = [name, ...also].filter((app) => !names.includes(app));
  if (missing.length === 0)
    return { level: 'verified', what: `${ecosystem} has ${[name, ...also].join(', ')}` };
  return {
    level: 'problem',
    what: `${ecosystem} has no app ${missing.join(' and no ')}; it has ${names.join(', ') || 'none'}`,
    remedy: 'Fix the name, or the file',
    // Another release brings another file.
    passing: true,
  };
};

const standing = (apps: readonly App[], name: string): string => {
  const own = apps.filter((app) => app.name === name);
  if (own.length === 0) return `${name} (not in pm2)`;
  return `${name} (${own.map((app) => (isAtWork(app) ? `pid ${app.pid}` : app.status)).join(', ')})`;
};

/** Dry run: pm2, its daemon's answer, the names in the ecosystem file. Starts nothing, not even a daemon. */
export const rehearseReload = async (ctx: ActContext, input: Pm2ReloadInput): Promise<readonly Finding[]> => {
  const names = [input.name, ...input.also];
  try {
    const all = await listApps(ctx);
    const others = all.filter(({ name }) => !names.includes(name)).length;
    const now = names.map((name) => standing(all, name)).join(', ');
    const does = input.state === 'running' ? 'start anew' : 'stop';
    return [
      { level: 'verified', what: `pm2 answers; ${others} other apps are left alone` },
      await ecosystemFinding(ctx, input),
      { level: 'simulated', what: `would ${does}: ${now}` },
    ];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const { short, remedy } = error.outcome;
    return [{ level: 'problem', what: short, ...(remedy && { remedy }) }];
  }
};
