import type { ActContext, Finding, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { removeOwnScript } from '../_kits/files/own-file.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { temporaryBeside } from '../_work/path.ts';
import { readByScript, runScript } from '../_work/script.ts';
import { endGroups, leadArguments, notedGroups } from '../_work/work-group.ts';
import { createArchive, described } from './create.ts';
import { clearScript, describeScript, lookScript, rehearseScript } from './scripts.ts';
import type { ArchiveBefore, ArchiveCreateInput, ArchiveCreateOutput } from './step.ts';

/** `own`: what is there is what this step made. */
const look = async (
  ctx: ActContext,
  path: string,
): Promise<{ there: boolean; own: boolean; unfinished: boolean }> => {
  const shell = await ctx.connect('shell');
  const args = [...leadArguments(ctx, shell), path, temporaryBeside(path, ctx)] as const;
  const [state, beside] = await readByScript(shell, lookScript, args, { signal: ctx.signal });
  return { there: state !== 'absent', own: state === 'own', unfinished: beside === 'unfinished' };
};

const refused = (short: string, remedy: string, living = false): Outcome<never> => ({
  done: false,
  effect: 'none',
  retryable: false,
  short,
  remedy,
  ...(living && { living }),
});

/** Ends whoever still writes, also when the engine that began it was killed, and clears what was left. */
const endWriters = async (ctx: ActContext, path: string): Promise<boolean> => {
  if (!(await endGroups(ctx))) return false;
  await readByScript(await ctx.connect('shell'), clearScript, [temporaryBeside(path, ctx)]);
  return true;
};

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
        [4, `Install it on ${shell.place}`],
        [6, 'Choose a path outside of `source`'],
        [7, 'Remove it, or name it in `exclude`'],
      ]).get(code) ?? 'Fix `source`, or the rights there';
    const what = `${source} on ${shell.place}: ${complaint}`;
    return [{ level: 'problem', what, remedy, ...(code === 5 && { passing: true }) }];
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

const run = async (
  ctx: ActContext,
  input: ArchiveCreateInput,
  before: ArchiveBefore,
): Promise<Outcome<ArchiveCreateOutput>> => {
  if (before.existed)
    return refused(
      `${input.path} is already there, and an archive is never overwritten`,
      'Choose another path',
    );
  if (!(await endWriters(ctx, input.path)))
    return refused('an earlier attempt still writes and does not end', 'End it by hand', true);
  // It may have got through before it was ended.
  const earlier = ctx.attempt > 1 ? await probe(ctx, input, before) : null;
  if (earlier?.state === 'done') return { done: true, output: earlier.output };
  return createArchive(ctx, input);
};

const probe = async (
  ctx: ActContext,
  { path }: ArchiveCreateInput,
  before: ArchiveBefore,
): Promise<Probed<ArchiveCreateOutput>> => {
  const { own, unfinished } = await look(ctx, path);
  if (own && !before.existed) {
    const shell = await ctx.connect('shell');
    const { code, lines, complaint } = await runScript(shell, describeScript, [path], { signal: ctx.signal });
    return code === 0
      ? { state: 'done', output: described(path, lines[0]) }
      : { state: 'unknown', why: `${path} is there, but ${complaint}` };
  }
  // Not partial: it is no half of what was wanted, and a killed engine must not turn the night back.
  return unfinished || (await notedGroups(ctx)) > 0
    ? {
        state: 'unknown',
        why: `an unfinished archive stands beside ${path}; another one ends and removes it`,
      }
    : { state: 'not-done' };
};

const undo = async (
  ctx: ActContext,
  { path }: ArchiveCreateInput,
  before: ArchiveBefore,
): Promise<Outcome<null>> => {
  if (!(await endWriters(ctx, path))) return refused('the archive does not end', 'End it by hand', true);
  if (before.existed) return { done: true, output: null };
  const shell = await ctx.connect('shell');
  const args = [...leadArguments(ctx, shell), path];
  const { code, lines, complaint } = await runScript(shell, removeOwnScript, args, { signal: ctx.signal });
  if (code === 0 && lines[0] !== 'absent') ctx.log(`${path} stays: it is not what this step made\n`);
  if (code === 0) return { done: true, output: null };
  return refused(`could not remove ${path}: ${complaint}`, `Remove it on ${shell.place} by hand`);
};

export const acts: StepActs<ArchiveCreateInput, ArchiveCreateOutput, ArchiveBefore> = {
  async check(ctx, input) {
    const findings = await sourceFindings(ctx, input);
    if (!(await look(ctx, input.path)).there) return findings;
    const what = `${input.path} is already there`;
    return [...findings, { level: 'problem', what, remedy: 'Choose another path' }];
  },

  async prepare(ctx, { path }) {
    return { existed: (await look(ctx, path)).there };
  },

  run,
  probe,
  end: (ctx, { path }) => endWriters(ctx, path),
  undo,
};
