/** Which processes the undo has started: so that an undo that is repeated restarts nobody a second time. */
import type { ActContext } from '../../engine/step.ts';
import { keptBy } from '../_work/end-left-work.ts';
import { readByScript } from '../_work/script.ts';

import { rememberedScript, rememberScript } from './scripts.ts';

export const rememberRestored = async (ctx: ActContext, pids: readonly number[]): Promise<void> => {
  const shell = await ctx.connect('shell');
  await readByScript(shell, rememberScript, [...keptBy(ctx, shell), pids.join(' ')]);
};

/** null: no undo has got through yet. */
export const restoredPids = async (ctx: ActContext): Promise<readonly number[] | null> => {
  const shell = await ctx.connect('shell');
  const [line] = await readByScript(shell, rememberedScript, keptBy(ctx, shell));
  return line === undefined ? null : line.split(' ').filter(Boolean).map(Number);
};
