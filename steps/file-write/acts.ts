import type { ActContext, Finding, Outcome, StepActs } from '../../engine/step.ts';
import { type BeforeImage, isAsBefore, takeBeforeImage } from '../_kits/files/before-image.ts';
import { inspectFile } from '../_kits/files/inspect.ts';
import { installFile } from '../_kits/files/install.ts';
import { rehearseTarget } from '../_kits/files/rehearse.ts';
import { restoreFile } from '../_kits/files/restore.ts';
import { temporaryBeside } from '../_work/path.ts';
import type { FileWriteInput, FileWriteOutput } from './step.ts';
import { type Wanted, wantedFile } from './wanted.ts';

const outputOf = (input: FileWriteInput, wanted: Wanted, changed: boolean): FileWriteOutput => ({
  path: input.path,
  bytes: wanted.bytes.byteLength,
  sha256: wanted.sha256,
  changed,
});

const alreadyThere = (wanted: Wanted, before: BeforeImage): boolean =>
  before.existed && before.sha256 === wanted.sha256 && before.mode === wanted.mode(before);

const run = async (
  ctx: ActContext,
  input: FileWriteInput,
  before: BeforeImage,
): Promise<Outcome<FileWriteOutput>> => {
  const wanted = await wantedFile(ctx, input);
  if (alreadyThere(wanted, before)) return { done: true, output: outputOf(input, wanted, false) };
  const shell = await ctx.connect('shell');
  const effect = input.mkdir && !before.existed && before.missing.length > 0 ? 'some' : undefined;
  await installFile(
    shell,
    {
      path: input.path,
      temporary: temporaryBeside(input.path, ctx),
      mode: wanted.mode(before),
      owner: before.existed ? { uid: before.uid, gid: before.gid } : null,
      sha256: wanted.sha256,
      makeFolders: input.mkdir,
      from: { bytes: wanted.bytes },
      failure: {
        what: `could not write ${input.path} on ${shell.place}`,
        remedy: 'Fix the folder, its owner or the disk at the place, then retry',
        ...(effect && { effect }),
      },
    },
    { signal: ctx.signal, killGraceMs: ctx.killGraceMs },
  );
  return { done: true, output: outputOf(input, wanted, true) };
};

export const acts: StepActs<FileWriteInput, FileWriteOutput, BeforeImage> = {
  async check(ctx, input): Promise<readonly Finding[]> {
    const { bytes } = await wantedFile(ctx, input);
    const { path, mkdir } = input;
    return rehearseTarget(ctx, { path, mkdir, bytes: bytes.byteLength, verb: 'write' });
  },

  async prepare(ctx, input) {
    return takeBeforeImage(await ctx.connect('shell'), ctx.runId, input.path, ctx.signal);
  },

  run,

  async probe(ctx, input, before) {
    const wanted = await wantedFile(ctx, input);
    const now = await inspectFile(await ctx.connect('shell'), input.path, ctx.signal);
    if (now.kind === 'file' && now.sha256 === wanted.sha256 && now.mode === wanted.mode(before))
      return { state: 'done', output: outputOf(input, wanted, !alreadyThere(wanted, before)) };
    if (isAsBefore(now, before)) return { state: 'not-done' };
    return {
      state: 'unknown',
      why: `${input.path} is neither what it was before nor what was to be written`,
    };
  },

  async undo(ctx, input, before) {
    // Only to tell our own file from somebody else's later one: where the runbook's file was edited meanwhile,
    // what stands there is kept aside rather than the way back refused.
    const ours = await wantedFile(ctx, input).catch(() => null);
    return restoreFile(ctx, input.path, before, ours?.sha256 ?? null);
  },
};
