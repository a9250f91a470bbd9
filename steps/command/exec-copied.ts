/** A command that needs no supervisor: a read, or a probe. Its output is copied beside it and never slows it down. */
import type { ActContext } from '../../engine/step.ts';
import { LaggingCopy } from '../_work/lagging-copy.ts';
import type { ExecResult, Shell } from '../_work/shell.ts';
import { argvOf } from './argv.ts';
import { type Listener, logUncopied } from './capture.ts';
import type { CommandInput } from './step.ts';

export const execCopied = async (
  ctx: ActContext,
  shell: Shell,
  { run, env, cwd, stdin }: Pick<CommandInput, 'run' | 'env' | 'cwd' | 'stdin'>,
  heard: Listener,
): Promise<ExecResult> => {
  const copy = new LaggingCopy(heard);
  const result = await shell
    .exec(argvOf(run), {
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, ctx.reveal(value)])),
      ...(cwd !== undefined && { cwd }),
      ...(stdin !== undefined && { stdin: ctx.reveal(stdin) }),
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
      untilExit: true,
      keepBytes: 0,
      onStdout: (chunk) => copy.push('stdout', chunk),
      onStderr: (chunk) => copy.push('stderr', chunk),
    })
    .finally(() => copy.drained());
  if (copy.uncopied > 0) logUncopied(ctx, { bytes: copy.uncopied, at: null });
  return result;
};
