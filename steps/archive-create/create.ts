import type { ActContext, Outcome } from '../../engine/step.ts';
import { temporaryBeside } from '../_work/path.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { leadArguments } from '../_work/work-group.ts';
import { createScript, progressScript } from './scripts.ts';
import type { ArchiveCreateInput, ArchiveCreateOutput } from './step.ts';

/** The line of the `describe` script. */
export const described = (path: string, line = ''): ArchiveCreateOutput => {
  const [sha256 = '', bytes, files, sourceBytes] = line.split(' ');
  return { path, bytes: Number(bytes), sha256, files: Number(files), source_bytes: Number(sourceBytes) };
};

/** Reports until `stop`; a look that fails says nothing of the archive. */
const reportProgress = async (
  ctx: ActContext,
  shell: Shell,
  work: string,
  stop: AbortSignal,
): Promise<void> => {
  while (!stop.aborted) {
    await ctx.clock.sleep(1000, stop);
    if (stop.aborted) return;
    const { code, lines } = await runScript(shell, progressScript, [work]).catch(() => ({
      code: 1,
      lines: [],
    }));
    if (code !== 0 || stop.aborted) continue;
    const [done = Number.NaN, total] = (lines[0] ?? '').split(' ').map(Number);
    // A record is counted before it is full, and headers count too.
    if (Number.isFinite(done))
      ctx.progress({
        done: Math.min(done, total ?? done),
        unit: 'bytes',
        ...(total !== undefined && { total }),
      });
  }
};

/** Throws what `Shell.exec` throws: then only a probe can tell. */
export const createArchive = async (
  ctx: ActContext,
  { path, source, exclude, mode }: ArchiveCreateInput,
): Promise<Outcome<ArchiveCreateOutput>> => {
  const shell = await ctx.connect('shell');
  const work = temporaryBeside(path, ctx);
  const stop = new AbortController();
  const reporting = reportProgress(ctx, shell, work, stop.signal);
  try {
    const { code, lines, complaint } = await runScript(
      shell,
      createScript,
      [...leadArguments(ctx, shell), path, work, source, mode, ...exclude],
      {
        signal: ctx.signal,
        killGraceMs: ctx.killGraceMs,
        onStderr: (chunk) => ctx.log(chunk, 'stderr'),
      },
    );
    if (code === 0) return { done: true, output: described(path, lines[0]) };
    return {
      done: false,
      effect: 'none',
      retryable: code !== 3 && code !== 4,
      short: `no archive of ${source} on ${shell.place}: ${complaint}`,
      remedy:
        code === 4
          ? `Install tar and gzip on ${shell.place}`
          : 'Stop whoever writes there, or mend the rights or the disk; nothing was left behind',
    };
  } finally {
    stop.abort();
    await reporting;
  }
};
