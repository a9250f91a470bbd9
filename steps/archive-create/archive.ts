import { StepFailed } from '../../engine/step.ts';
import { type Making, makingExits } from '../_work/made-file.ts';
import { runScript } from '../_work/script.ts';
import { createScript, describeScript, progressScript } from './scripts.ts';
import type { ArchiveCreateInput, ArchiveCreateOutput } from './step.ts';

export const archive: Making<ArchiveCreateInput, ArchiveCreateOutput> = {
  noun: 'an archive',
  describeScript,

  described(path, [line = '']) {
    const [sha256 = '', bytes, files, sourceBytes] = line.split(' ');
    return { path, bytes: Number(bytes), sha256, files: Number(files), source_bytes: Number(sourceBytes) };
  },

  script: async (_ctx, { source, exclude }) => ({ script: createScript, args: [source, ...exclude] }),

  options: (ctx, _input, temporary) => ({
    async report(shell) {
      const { code, lines } = await runScript(shell, progressScript, [temporary]);
      const [done = Number.NaN, total] = (lines[0] ?? '').split(' ').map(Number);
      if (code !== 0 || !Number.isFinite(done)) return;
      // A record is counted before it is full, and headers count too.
      ctx.progress({
        done: Math.min(done, total ?? done),
        unit: 'bytes',
        ...(total !== undefined && { total }),
      });
    },
  }),

  async failed(ctx, { source }, { code, complaint }) {
    const { place } = await ctx.connect('shell');
    return new StepFailed(`no archive of ${source} on ${place}: ${complaint}`, {
      effect: 'none',
      retryable: code !== makingExits.final && code !== makingExits.noTool,
      remedy:
        code === makingExits.noTool
          ? `Install tar and gzip on ${place}`
          : 'Stop what writes there, or fix the rights or the disk; nothing was left behind',
    });
  },
};
