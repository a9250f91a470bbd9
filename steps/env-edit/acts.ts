import { type ActContext, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';
import { isAsBefore, keepCopy, takeBeforeImage } from '../_kits/files/before-image.ts';
import { type FileState, inspectFile } from '../_kits/files/inspect.ts';
import { installFile } from '../_kits/files/install.ts';
import { restoreFile } from '../_kits/files/restore.ts';
import { temporaryBeside } from '../_work/path.ts';
import { rehearseEdit } from './rehearse.ts';
import type { EnvBefore, EnvEditInput, EnvEditOutput } from './step.ts';
import { maskedDiff, type Wanted, wantedFile } from './wanted.ts';

const modeOf = ({ mode }: EnvEditInput, before: EnvBefore): string => mode?.slice(-3) ?? before.mode;

const isWanted = (now: FileState, wanted: Wanted, mode: string): boolean =>
  now.kind === 'file' && now.sha256 === wanted.sha256 && now.mode === mode;

const alreadyThere = ({ image }: EnvBefore, wanted: Wanted, mode: string): boolean =>
  image.existed && image.sha256 === wanted.sha256 && image.mode === mode;

const outputOf = (input: EnvEditInput, before: EnvBefore, wanted: Wanted): EnvEditOutput => ({
  path: input.path,
  added: [...wanted.added],
  changed: [...wanted.changed],
  removed: [...wanted.removed],
  changed_file: !alreadyThere(before, wanted, modeOf(input, before)),
});

const prepare = async (ctx: ActContext, { path, from }: EnvEditInput): Promise<EnvBefore> => {
  const shell = await ctx.connect('shell');
  const image = await takeBeforeImage(shell, ctx.runId, path, ctx.signal);
  if (image.existed) return { image, base: { copy: image.copy, sha256: image.sha256 }, mode: image.mode };
  if (from === undefined) return { image, base: null, mode: '600' };
  const start = await inspectFile(shell, from, ctx.signal);
  if (start.kind !== 'file')
    throw new Error(`${from} on ${shell.place} is ${start.kind === 'absent' ? 'not there' : start.what}`);
  const { sha256, mode } = start;
  return { image, base: { copy: await keepCopy(shell, ctx.runId, from, sha256, ctx.signal), sha256 }, mode };
};

const tell = (ctx: ActContext, { path, from }: EnvEditInput, before: EnvBefore, wanted: Wanted): void => {
  if (from !== undefined)
    ctx.log(
      before.image.existed ? `${path} exists: ${from} is not used\n` : `${path} is made from ${from}\n`,
    );
  for (const key of wanted.duplicates)
    ctx.log(`${key} was defined more than once; the last one counted, and all are handled\n`);
  if (wanted.markDropped)
    ctx.log(`${path} began with a byte order mark, which is dropped: Node would not see its first key\n`);
  for (const line of maskedDiff(wanted)) ctx.log(`${line}\n`);
};

const run = async (
  ctx: ActContext,
  input: EnvEditInput,
  before: EnvBefore,
): Promise<Outcome<EnvEditOutput>> => {
  const shell = await ctx.connect('shell');
  const { path } = input;
  const wanted = await wantedFile(ctx, input, before);
  const mode = modeOf(input, before);
  tell(ctx, input, before, wanted);
  const now = await inspectFile(shell, path, ctx.signal);
  if (isWanted(now, wanted, mode)) return { done: true, output: outputOf(input, before, wanted) };
  if (!isAsBefore(now, before.image))
    throw new StepFailed(`${path} on ${shell.place} was changed by another process after this step read it`, {
      effect: 'none',
      remedy: 'See what they changed; roll back to restore the file as it was before this step, or skip',
    });
  const { signal, killGraceMs } = ctx;
  const { image } = before;
  await installFile(
    shell,
    {
      path,
      temporary: temporaryBeside(path, ctx),
      mode,
      owner: image.existed ? { uid: image.uid, gid: image.gid } : null,
      sha256: wanted.sha256,
      makeFolders: false,
      from: { bytes: wanted.bytes },
      failure: {
        what: `could not write ${path} on ${shell.place}`,
        remedy: 'Fix the folder, its owner or the disk at the place, then retry',
      },
    },
    { signal, killGraceMs },
  );
  return { done: true, output: outputOf(input, before, wanted) };
};

export const acts: StepActs<EnvEditInput, EnvEditOutput, EnvBefore> = {
  check: rehearseEdit,
  prepare,
  run,
  async probe(ctx, input, before) {
    const now = await inspectFile(await ctx.connect('shell'), input.path, ctx.signal);
    const wanted = await wantedFile(ctx, input, before);
    if (isWanted(now, wanted, modeOf(input, before)))
      return { state: 'done', output: outputOf(input, before, wanted) };
    if (isAsBefore(now, before.image)) return { state: 'not-done' };
    return { state: 'unknown', why: `${input.path} is neither what it was before nor what was wanted` };
  },
  async undo(ctx, input, before) {
    // Only to tell our own file from somebody else's later one.
    const ours = await wantedFile(ctx, input, before).catch(() => null);
    return restoreFile(ctx, input.path, before.image, ours?.sha256 ?? null);
  },
};
