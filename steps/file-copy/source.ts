import { type ActContext, StepFailed } from '../../engine/step.ts';
import { inspectFile } from '../_kits/files/inspect.ts';
import type { FileCopyBefore, FileCopyInput } from './step.ts';

export type Source = FileCopyBefore['source'];

/** What is to be copied, read as a whole. Throws StepFailed where it is not there, or not what it must be. */
export const sourceOf = async (ctx: ActContext, { from, sha256 }: FileCopyInput): Promise<Source> => {
  const shell = await ctx.connect('shell', from.place);
  const now = await inspectFile(shell, from.path, ctx.signal);
  const what = `${from.path} on ${shell.place}`;
  if (now.kind === 'absent')
    throw new StepFailed(`${what} is not there`, { effect: 'none', retryable: true });
  if (now.kind === 'other')
    throw new StepFailed(`${what} is ${now.what}`, {
      effect: 'none',
      remedy: 'Name the regular file itself',
    });
  if (sha256 !== undefined && now.sha256 !== sha256)
    throw new StepFailed(`${what} has the SHA-256 ${now.sha256}, expected ${sha256}`, {
      effect: 'none',
      remedy: 'Find out who changed the file, then correct the file or `sha256`',
    });
  return { sha256: now.sha256, bytes: now.bytes };
};
