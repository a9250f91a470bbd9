import { type ActContext, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';
import { type BeforeImage, isAsBefore, takeBeforeImage } from '../_kits/files/before-image.ts';
import { inspectFile } from '../_kits/files/inspect.ts';
import { installFile } from '../_kits/files/install.ts';
import { restoreFile } from '../_kits/files/restore.ts';
import { temporaryBeside } from '../_work/path.ts';
import { runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';
import { carry } from './pieces.ts';
import { rehearseCopy } from './rehearse.ts';
import { type Source, sourceOf } from './source.ts';
import type { FileCopyBefore, FileCopyInput, FileCopyOutput } from './step.ts';

const modeOf = (input: FileCopyInput, at: BeforeImage): string =>
  input.mode?.slice(-3) ?? (at.existed ? at.mode : '644');

const alreadyThere = (input: FileCopyInput, { at, source }: FileCopyBefore): boolean =>
  at.existed && at.sha256 === source.sha256 && at.mode === modeOf(input, at);

const outputOf = (input: FileCopyInput, source: Source, changed: boolean): FileCopyOutput => ({
  path: input.path,
  ...source,
  changed,
});

/** Carries, then looks at the whole: a part that was there before may be of another file. */
const fill = async (
  ctx: ActContext,
  input: FileCopyInput,
  source: Source,
  to: Shell,
  temporary: string,
): Promise<void> => {
  const from = await ctx.connect('shell', input.from.place);
  const carried = {
    from,
    path: input.from.path,
    to,
    temporary,
    bytes: source.bytes,
    makeFolders: input.mkdir,
  };
  await carry(ctx, carried);
  const there = await inspectFile(to, temporary, ctx.signal);
  if (there.kind === 'file' && there.sha256 === source.sha256) return;
  await runScript(to, 'rm -f -- "$1"', [temporary], { signal: ctx.signal });
  throw new StepFailed(
    `what arrived on ${to.place} is not what ${input.from.path} on ${from.place} was when the step began`,
    { effect: 'some', retryable: true, remedy: 'Copy a file that nobody writes to; a retry copies it anew' },
  );
};

const run = async (
  ctx: ActContext,
  input: FileCopyInput,
  before: FileCopyBefore,
): Promise<Outcome<FileCopyOutput>> => {
  const { at, source } = before;
  if (alreadyThere(input, before)) return { done: true, output: outputOf(input, source, false) };
  const to = await ctx.connect('shell');
  const temporary = temporaryBeside(input.path, ctx);
  await fill(ctx, input, source, to, temporary);
  await installFile(
    to,
    {
      path: input.path,
      temporary,
      mode: modeOf(input, at),
      owner: at.existed ? { uid: at.uid, gid: at.gid } : null,
      sha256: source.sha256,
      makeFolders: false,
      from: 'temporary',
      failure: {
        what: `could not put ${input.path} in place on ${to.place}`,
        remedy: 'Fix the folder, its owner or the disk at the place, then retry',
        effect: 'some',
      },
    },
    { signal: ctx.signal, killGraceMs: ctx.killGraceMs },
  );
  return { done: true, output: outputOf(input, source, true) };
};

export const acts: StepActs<FileCopyInput, FileCopyOutput, FileCopyBefore> = {
  check: rehearseCopy,

  prepare: async (ctx, input) => ({
    source: await sourceOf(ctx, input),
    at: await takeBeforeImage(await ctx.connect('shell'), ctx.runId, input.path, ctx.signal),
  }),

  run,

  async probe(ctx, input, before) {
    const { at, source } = before;
    const now = await inspectFile(await ctx.connect('shell'), input.path, ctx.signal);
    if (now.kind === 'file' && now.sha256 === source.sha256 && now.mode === modeOf(input, at))
      return { state: 'done', output: outputOf(input, source, !alreadyThere(input, before)) };
    if (isAsBefore(now, at)) return { state: 'not-done' };
    return { state: 'unknown', why: `${input.path} is neither what it was before nor what was to be copied` };
  },

  async undo(ctx, input, { at, source }) {
    const to = await ctx.connect('shell');
    await runScript(to, 'rm -f -- "$1"', [temporaryBeside(input.path, ctx)], { signal: ctx.signal });
    return restoreFile(ctx, input.path, at, source.sha256);
  },
};
