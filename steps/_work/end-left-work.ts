/** Ending what a step has left at work at a place: nothing is undone or begun anew beside it. */
import type { ActContext } from '../../engine/step.ts';
import { sha256 } from './path.ts';
import { readByScript } from './script.ts';
import type { Shell } from './shell.ts';
import { jobOf } from './supervised.ts';
import { leftJobs } from './supervisor/scripts.ts';
import { actFolder, type Job } from './supervisor/supervisor.ts';
import { supervisorOf } from './supervisor/supervisor-of.ts';

/** The step's in its run: what it keeps in the run's folder at the place is named by it. */
export const tagOf = ({ runId, stepId }: Pick<ActContext, 'runId' | 'stepId'>): string =>
  sha256(`${runId}/${stepId}`).slice(0, 12);

/** STATE RUN TAG: what a script takes to keep something in the run's folder at its place. */
export const keptBy = (ctx: ActContext, { stateDir = '' }: Shell): readonly [string, string, string] => [
  stateDir,
  ctx.runId,
  tagOf(ctx),
];

/**
 * Ends what this step has left at work, whichever session began it; false: something could not be proven dead.
 * @param spare `own`: the attempt that asks is left alone, since it may be about to follow its work
 * @param beside the unfinished file of a step that makes one: engines without a supervisor noted their work beside it
 */
export const endLeftWork = async (
  ctx: ActContext,
  { spare, beside = '' }: { spare?: 'own'; beside?: string } = {},
): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const supervisor = supervisorOf(shell);
  const own = jobOf(ctx);
  const acts = [...new Set([actFolder(`${ctx.stepId}/do/0`), actFolder(ctx.act)])];
  const [stateDir, run, tag] = keptBy(ctx, shell);
  const spared = spare === 'own' ? [actFolder(own.act), String(own.attempt)] : ['', ''];
  const lines = await readByScript(shell, leftJobs, [stateDir, run, tag, beside, ...spared, ...acts]);
  for (const line of lines) {
    const [word, name = ''] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (word === 'note') {
      ctx.log(
        `[another version of runbook may have left work: ${name}. End it, then remove that file]\n`,
        'note',
      );
      return false;
    }
    if (!(await supervisor.end(jobNamed(ctx, name), ctx.killGraceMs))) return false;
  }
  return true;
};

/** For `end` of a step type: also what is about to start is barred. */
export const endAllWork = async (ctx: ActContext, beside?: string): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const dead = await supervisorOf(shell).end(jobOf(ctx), ctx.killGraceMs);
  return dead && endLeftWork(ctx, beside === undefined ? {} : { beside });
};

const jobNamed = ({ runId }: ActContext, folder: string): Job => {
  const cut = folder.lastIndexOf('#');
  return { runId, act: folder.slice(0, cut), attempt: Number(folder.slice(cut + 1)) };
};
