import { dirname } from 'node:path';
import { type Finding, type StepActs, StepFailed } from '../../engine/step.ts';
import { type BeforeImage, isAsBefore, takeBeforeImage } from '../_kits/files/before-image.ts';
import { inspectFile } from '../_kits/files/inspect.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { restoreFile } from '../_kits/files/restore.ts';
import { writeRemedy } from '../_kits/files/write-access.ts';
import { runScript } from '../_work/script.ts';
import type { FileRemoveInput, FileRemoveOutput } from './step.ts';

const removeScript = `
rm -f -- "$1" || exit 1
flush "$(dirname -- "$1")"
`;

const absent = 'Check the path, or say missing_ok: true';

export const acts: StepActs<FileRemoveInput, FileRemoveOutput, BeforeImage> = {
  async check(ctx, { path, missing_ok }): Promise<readonly Finding[]> {
    const shell = await ctx.connect('shell');
    const now = await inspectFile(shell, path, ctx.signal);
    if (now.kind === 'other')
      return [
        { level: 'problem', what: `${path} on ${shell.place} is ${now.what}`, remedy: 'Name a regular file' },
      ];
    if (now.kind === 'absent')
      return [
        missing_ok
          ? { level: 'verified', what: `${path} is not there, which is fine` }
          : { level: 'problem', what: `${path} is not there now`, remedy: absent, passing: true },
      ];
    const room = await roomFor(shell, path, ctx.signal);
    return [
      ...roomFindings(room, shell.place, { bytes: now.bytes, mayMakeFolders: false, takesMkdir: false }),
      { level: 'simulated', what: `would remove ${path} (${now.bytes} bytes)` },
    ];
  },

  async prepare(ctx, { path }) {
    return takeBeforeImage(await ctx.connect('shell'), ctx.runId, path, ctx.signal);
  },

  async run(ctx, { path, missing_ok }, before) {
    if (!before.existed) {
      if (missing_ok) return { done: true, output: { path, removed: false } };
      throw new StepFailed(`there is no ${path} on ${ctx.runOn}`, { effect: 'none', remedy: absent });
    }
    const shell = await ctx.connect('shell');
    const { signal, killGraceMs } = ctx;
    const { ended, complaint } = await runScript(shell, removeScript, [path], { signal, killGraceMs });
    if (ended === 'done') return { done: true, output: { path, removed: true } };
    throw new StepFailed(`could not remove ${path} on ${shell.place}: ${complaint}`, {
      effect: 'none',
      retryable: true,
      remedy: writeRemedy(dirname(path)),
    });
  },

  async probe(ctx, { path, missing_ok }, before) {
    const now = await inspectFile(await ctx.connect('shell'), path, ctx.signal);
    if (now.kind === 'absent' && (before.existed || missing_ok))
      return { state: 'done', output: { path, removed: before.existed } };
    if (isAsBefore(now, before)) return { state: 'not-done' };
    return { state: 'unknown', why: `${path} has changed since the step began` };
  },

  undo: (ctx, { path }, before) => restoreFile(ctx, path, before, null),
};
