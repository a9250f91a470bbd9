/** What a command that failed is known to have changed: its undo must not remove what another run has made. */
import type { ActContext, Outcome } from '../../engine/step.ts';
import type { Shell } from '../_work/shell.ts';
import { listen } from './capture.ts';
import { execCopied } from './exec-copied.ts';
import type { CommandBefore, CommandInput, CommandOutput } from './step.ts';

/** Exit code of the command's probe. */
export const askProbe = async (
  ctx: ActContext,
  shell: Shell,
  input: CommandInput,
  probe: NonNullable<CommandInput['probe']>,
): Promise<number | null> => {
  const { env, cwd } = input;
  const asked = { run: probe.run, env, ...(cwd !== undefined && { cwd }) };
  const { exitCode } = await execCopied(ctx, shell, asked, listen(ctx));
  return exitCode;
};

/** Of a write with a probe: what stood before cannot be this command's work. */
export const lookBefore = async (ctx: ActContext, input: CommandInput): Promise<CommandBefore> => {
  if (input.effects === 'read' || input.probe === undefined) return null;
  const shell = await ctx.connect('shell');
  // Whatever keeps the probe from being asked, the command meets as well, and says so.
  const code = await askProbe(ctx, shell, input, input.probe).catch(() => null);
  ctx.signal.throwIfAborted();
  return { happened: code === 0 ? true : code === 1 ? false : null };
};

/**
 * A failing exit code does not say what was changed on the way; the probe does, as it does after a lost outcome. Its
 * "no" means that nothing is left to undo. Its "yes" counts for this command only where it was a "no" before.
 */
export const afterFailure = async (
  ctx: ActContext,
  shell: Shell,
  input: CommandInput,
  before: CommandBefore,
  outcome: Outcome<CommandOutput>,
): Promise<Outcome<CommandOutput>> => {
  if (outcome.done || outcome.effect !== 'some' || input.probe === undefined) return outcome;
  const code = await askProbe(ctx, shell, input, input.probe).catch(() => null);
  if (code === 1)
    return { ...outcome, effect: 'none', short: `${outcome.short}; its probe says that it did not happen` };
  if (code !== 0)
    return {
      ...outcome,
      effect: 'unknown',
      short: `${outcome.short}; its probe cannot tell what it changed`,
    };
  if (before?.happened !== true) return outcome;
  return {
    ...outcome,
    effect: 'none',
    short: `${outcome.short}; what its probe asks for was there before it`,
  };
};
