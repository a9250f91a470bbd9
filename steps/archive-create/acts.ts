import type { ActContext, Finding, StepActs } from '../../engine/step.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { lookAtFile, makesFile } from '../_work/made-file.ts';
import { runScript } from '../_work/script.ts';
import { archive } from './archive.ts';
import { rehearseScript, sourceExits } from './scripts.ts';
import type { ArchiveBefore, ArchiveCreateInput, ArchiveCreateOutput } from './step.ts';

const sourceFindings = async (
  ctx: ActContext,
  { source, exclude, path }: ArchiveCreateInput,
): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const { signal } = ctx;
  const { code, lines, complaint } = await runScript(shell, rehearseScript, [source, path, ...exclude], {
    signal,
  });
  if (code !== 0) {
    const remedy =
      new Map<number | null, string>([
        [sourceExits.noTool, `Install it on ${shell.place}`],
        [sourceExits.inside, 'Choose a path outside of `source`'],
        [sourceExits.unfit, 'Remove it, or name it in `exclude`'],
      ]).get(code) ?? 'Fix `source`, or the rights there';
    const what = `${source} on ${shell.place}: ${complaint}`;
    return [{ level: 'problem', what, remedy, ...(code === sourceExits.absent && { passing: true }) }];
  }
  const [counts = '', unreadable] = lines;
  const [files, bytes] = counts.split(' ').map(Number);
  const findings = [
    ...roomFindings(await roomFor(shell, path, signal), shell.place, {
      bytes: bytes ?? 0,
      mayMakeFolders: false,
      takesMkdir: false,
    }),
  ];
  findings.push(
    unreadable === undefined
      ? { level: 'verified', what: `${source} holds ${files} files of ${bytes} bytes, all readable` }
      : {
          level: 'problem',
          what: `no permission to read ${unreadable} in ${source}`,
          remedy: `Run the step as the user that owns ${source}, or give read access to the step's user only`,
        },
  );
  return findings;
};

export const acts: StepActs<ArchiveCreateInput, ArchiveCreateOutput, ArchiveBefore> = {
  ...makesFile(archive),

  async check(ctx, input) {
    const findings = await sourceFindings(ctx, input);
    if (!(await lookAtFile(ctx, input.path)).there) return findings;
    const what = `${input.path} is already there`;
    return [...findings, { level: 'problem', what, remedy: 'Choose another path' }];
  },
};
