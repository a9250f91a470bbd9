import { type ActContext, type Finding, type Outcome, type StepActs, StepFailed } from '../../engine/step.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { temporaryBeside } from '../_work/path.ts';
import { readByScript, refusal, runScript } from '../_work/script.ts';
import { folderScript, type LinkState, readLink, switchScript, unlinkScript } from './link.ts';
import type { ReleaseSwitchInput, ReleaseSwitchOutput, SwitchBefore } from './step.ts';

const isAsBefore = (now: LinkState, before: SwitchBefore): boolean =>
  now.kind === 'link' ? now.text === before.previous : now.kind === 'absent' && before.previous === null;

const isSwitched = (now: LinkState, to: string): boolean => now.kind === 'link' && now.text === to;

/** Where it leads today, for a sentence. */
const said = (now: LinkState): string =>
  now.kind === 'link' ? `leads to ${now.text}` : now.kind === 'absent' ? 'is absent' : `is ${now.what}`;

const releaseFinding = async (ctx: ActContext, { to }: ReleaseSwitchInput): Promise<Finding> => {
  const shell = await ctx.connect('shell');
  const [state] = await readByScript(shell, folderScript, [to], { signal: ctx.signal });
  if (state === 'full') return { level: 'verified', what: `${to} on ${shell.place} is there and not empty` };
  if (state === 'absent')
    return {
      level: 'problem',
      what: `${to} on ${shell.place} does not exist yet`,
      remedy: 'Let an earlier step make it, or fix `to`',
      passing: true,
    };
  const remedy = state === 'empty' ? 'Build the release there, or remove the empty folder' : 'Fix `to`';
  const passing = state === 'empty';
  return {
    level: 'problem',
    what: `${to} on ${shell.place} is ${state}`,
    remedy,
    ...(passing && { passing }),
  };
};

const check = async (ctx: ActContext, input: ReleaseSwitchInput): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const now = await readLink(shell, input.link, ctx.signal);
  if (now.kind === 'other')
    return [
      {
        level: 'problem',
        what: `${input.link} on ${shell.place} is ${now.what}, not a symbolic link`,
        remedy: 'Move it aside and put a link in its place before the run',
      },
    ];
  const room = await roomFor(shell, input.link, ctx.signal);
  return [
    ...roomFindings(room, shell.place, { bytes: 0, mayMakeFolders: false, takesMkdir: false }),
    await releaseFinding(ctx, input),
    { level: 'simulated', what: `would point ${input.link} to ${input.to}; today it ${said(now)}` },
  ];
};

const prepare = async (ctx: ActContext, { link }: ReleaseSwitchInput): Promise<SwitchBefore> => {
  const shell = await ctx.connect('shell');
  const now = await readLink(shell, link, ctx.signal);
  if (now.kind === 'other')
    throw new Error(`${link} on ${shell.place} is ${now.what}, not a symbolic link: it is left alone`);
  return now.kind === 'link' ? { previous: now.text, led: now.led } : { previous: null, led: false };
};

const run = async (
  ctx: ActContext,
  { link, to }: ReleaseSwitchInput,
  { previous }: SwitchBefore,
): Promise<Outcome<ReleaseSwitchOutput>> => {
  const shell = await ctx.connect('shell');
  const { signal, killGraceMs } = ctx;
  const args = [link, temporaryBeside(link, ctx), to, '1'];
  const { ended, complaint } = await runScript(shell, switchScript, args, {
    signal,
    killGraceMs,
    exits: refusal,
  });
  if (ended === 'done') return { done: true, output: { link, to, previous } };
  throw new StepFailed(`could not switch ${link} on ${shell.place}: ${complaint}`, {
    effect: 'none',
    retryable: ended !== 'final',
    remedy: 'Fix the release or the folder of the link, then retry',
  });
};

const undo = async (
  ctx: ActContext,
  { link, to }: ReleaseSwitchInput,
  before: SwitchBefore,
): Promise<Outcome<null>> => {
  const shell = await ctx.connect('shell');
  const { signal, killGraceMs } = ctx;
  const now = await readLink(shell, link, signal);
  const remedy = `Point ${link} on ${shell.place} to ${before.previous ?? 'nothing'} by hand`;
  if (now.kind === 'other')
    throw new StepFailed(`${link} has become ${now.what}`, { effect: 'none', remedy });
  const temporary = temporaryBeside(link, ctx);
  // A killed attempt may have left it, also where the link itself is as it was.
  await runScript(shell, unlinkScript, [temporary], { signal, killGraceMs });
  if (isAsBefore(now, before)) return { done: true, output: null };
  if (!isSwitched(now, to)) ctx.log(`${link} ${said(now)}: someone changed it since; it is switched back\n`);
  // An old release that was cleared away meanwhile must not become the live one.
  const needed = before.led ? '1' : '0';
  const options = { signal, killGraceMs, exits: refusal };
  const { ended, complaint } =
    before.previous === null
      ? await runScript(shell, unlinkScript, [link], options)
      : await runScript(shell, switchScript, [link, temporary, before.previous, needed], options);
  if (ended === 'done') return { done: true, output: null };
  const retryable = ended !== 'final';
  throw new StepFailed(`could not switch ${link} back: ${complaint}`, { effect: 'none', retryable, remedy });
};

export const acts: StepActs<ReleaseSwitchInput, ReleaseSwitchOutput, SwitchBefore> = {
  check,
  prepare,
  run,
  async probe(ctx, { link, to }, before) {
    const now = await readLink(await ctx.connect('shell'), link, ctx.signal);
    if (isSwitched(now, to)) return { state: 'done', output: { link, to, previous: before.previous } };
    if (isAsBefore(now, before)) return { state: 'not-done' };
    return { state: 'unknown', why: `${link} ${said(now)}: neither where it led before nor to ${to}` };
  },
  undo,
};
