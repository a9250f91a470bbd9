import type { ActContext } from '../../engine/step.ts';
import { temporaryBeside } from '../_targets/files/path.ts';
import { readByScript } from '../_targets/files/script.ts';
import { endGroup, type ProcessGroup } from '../_targets/process-group.ts';
import type { Shell } from '../_targets/shell.ts';
import { groupSignal } from '../_targets/supervisor/scripts.ts';
import { clearScript, writersScript } from './scripts.ts';

const groupAt = (shell: Shell, pgid: string): ProcessGroup => {
  const ask = async (name: string): Promise<string> => {
    const { stdout } = await shell.exec(['sh', '-c', groupSignal, 'runbook', pgid, name]);
    return new TextDecoder().decode(stdout).trim();
  };
  return {
    signal: async (name) => void (await ask(name)),
    alive: async () => (await ask('0')) !== 'dead',
  };
};

/**
 * Ends whoever still writes a dump of this step, also when the engine that began it was killed, and clears
 * what was left. False: somebody could not be proven dead.
 */
export const endWriters = async (ctx: ActContext, path: string): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const work = temporaryBeside(path, ctx);
  for (const pgid of await readByScript(shell, writersScript, [work]))
    if (!(await endGroup(groupAt(shell, pgid), ctx.killGraceMs))) return false;
  await readByScript(shell, clearScript, [work]);
  return true;
};
