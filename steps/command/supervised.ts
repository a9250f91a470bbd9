/** A writing command: claimed, started and followed through the supervisor of its place. */
import type { ActContext, Outcome, Probed } from '../../engine/step.ts';
import type { Shell } from '../_work/shell.ts';
import { type Exited, gone, heardSoon, jobOf, mayBeAtWork, supervised } from '../_work/supervised.ts';
import { supervisorOf } from '../_work/supervisor/supervisor-of.ts';
import { afterFailure, askProbe } from './after-failure.ts';
import { argvOf } from './argv.ts';
import { type Listener, listen, logUncopied } from './capture.ts';
import { exited } from './outcome.ts';
import type { CommandBefore, CommandInput, CommandOutput } from './step.ts';

/** As `listen`, of an output that is in the log already. */
const listenQuietly = ({ mask }: ActContext): Listener => listen({ log: () => undefined, mask });

export const runSupervised = async (
  ctx: ActContext,
  input: CommandInput,
  before: CommandBefore,
): Promise<Outcome<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const work = {
    argv: argvOf(input.run),
    env: Object.fromEntries(Object.entries(input.env).map(([name, value]) => [name, ctx.reveal(value)])),
    ...(input.cwd !== undefined && { cwd: input.cwd }),
    ...(input.stdin !== undefined && { stdin: ctx.reveal(input.stdin) }),
  };
  const listener = (quiet: boolean) => (quiet ? listenQuietly(ctx) : listen(ctx));
  return judged(ctx, shell, input, before, await supervised(ctx, shell, jobOf(ctx), work, listener));
};

/** With an accepted exit code it has done its work, also where its output is not what was asked for. */
const judged = async (
  ctx: ActContext,
  shell: Shell,
  input: CommandInput,
  before: CommandBefore,
  { exitCode, byItself, heard, uncopied }: Exited<Listener>,
): Promise<Outcome<CommandOutput>> => {
  if (uncopied) logUncopied(ctx, uncopied);
  const found = exited(input, exitCode, heard.printed(uncopied?.end));
  const outcome = byItself && !found.done ? { ...found, byItself } : found;
  if (input.ok_exit_codes.includes(exitCode)) return outcome;
  return afterFailure(ctx, shell, input, before, outcome);
};

export const endSupervised = async (ctx: ActContext): Promise<boolean> =>
  supervisorOf(await ctx.connect('shell')).end(jobOf(ctx), ctx.killGraceMs);

export const probeSupervised = async (
  ctx: ActContext,
  input: CommandInput,
  before: CommandBefore,
): Promise<Probed<CommandOutput>> => {
  const shell = await ctx.connect('shell');
  const job = jobOf(ctx);
  const found = await supervisorOf(shell).look(job);
  // Its own probe would look at the world beside work that may still be changing it.
  const why = mayBeAtWork(found);
  if (why !== null) return { state: 'unknown', why };
  switch (found.state) {
    case 'absent':
      return { state: 'not-done' };
    case 'alive':
      return { state: 'alive' };
    case 'exited': {
      const exit = await heardSoon(ctx, shell, job, listen(ctx));
      if (exit === null) return { state: 'unknown', why: 'it left no exit code' };
      const outcome = await judged(ctx, shell, input, before, exit);
      return outcome.done ? { state: 'done', output: outcome.output } : { state: 'failed', outcome };
    }
    case 'ended':
      return ask(ctx, shell, input, 'it was ended before it was done');
    default:
      return ask(ctx, shell, input, gone);
  }
};

/** The runbook's own question, where it has one; silence is never an answer. */
const ask = async (
  ctx: ActContext,
  shell: Shell,
  input: CommandInput,
  why: string,
): Promise<Probed<CommandOutput>> => {
  if (!input.probe) return { state: 'unknown', why };
  const exitCode = await askProbe(ctx, shell, input, input.probe);
  if (exitCode === 0) return { state: 'done', output: { exit_code: null, truncated: false } };
  return exitCode === 1
    ? { state: 'not-done' }
    : { state: 'unknown', why: `${why}; its probe cannot tell either` };
};
