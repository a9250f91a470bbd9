import { type ActContext, type Finding, StepFailed } from '../../engine/step.ts';
import { type FileState, inspectFile } from '../_kits/files/inspect.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import type { EnvEditInput } from './step.ts';
import { edited, maskedDiff, readBytes } from './wanted.ts';

const problem = (what: string, remedy: string): Finding => ({ level: 'problem', what, remedy });

const placeFindings = async (
  ctx: ActContext,
  { path }: EnvEditInput,
  now: FileState,
  bytes: number,
): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const room = await roomFor(shell, path, ctx.signal);
  // A release's folder is often made by the step before this one.
  if (!room.folderExists)
    return [
      {
        level: 'problem',
        what: `the folder of ${path} does not exist on ${shell.place} yet; the nearest is ${room.folder}`,
        remedy: 'Let an earlier step make it, or fix `path`',
        passing: true,
      },
    ];
  const findings = [
    ...roomFindings(room, shell.place, { bytes: bytes * 2, mayMakeFolders: false, takesMkdir: false }),
  ];
  if (now.kind === 'file' && room.uid !== 0 && now.uid !== room.uid)
    findings.push(
      problem(
        `${path} belongs to user ${now.uid}, the step runs as ${room.uid} and could not keep the owner`,
        'Run as its owner, or change the owner before the run',
      ),
    );
  return findings;
};

/** Loaders that expand variables (Next.js, dotenv-expand) read such a value differently, whatever the quotes. */
const dollarFindings = (ctx: ActContext, { set }: EnvEditInput): readonly Finding[] =>
  Object.entries(set)
    .filter(([, value]) => ctx.reveal(value).includes('$'))
    .map(([key]) => ({
      level: 'unchecked',
      what: `the value of ${key} holds a $: Node and dotenv take it literally, Next.js and dotenv-expand do not`,
      remedy: 'Choose a value without $ where the app is built or started by one of these',
    }));

/** The mode is that of an older file where the step names none, and that one may have held nothing worth hiding. */
const readableFindings = (input: EnvEditInput, state: FileState): readonly Finding[] => {
  const mode = input.mode ?? (state.kind === 'file' ? state.mode : '600');
  const secrets = Object.keys(input.set).filter((key) => typeof input.set[key] !== 'string');
  if (secrets.length === 0 || (Number.parseInt(mode, 8) & 0o004) === 0) return [];
  return [
    {
      level: 'unchecked',
      what: `everybody on the machine could read ${secrets.join(', ')}: ${input.path} would have mode ${mode}`,
      remedy: "Say mode: '0600', or '0640' where the app runs as another user of its group",
    },
  ];
};

/** Dry run: the masked diff against what is there today, or against the file that it will start from. */
export const rehearseEdit = async (ctx: ActContext, input: EnvEditInput): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const { path, from } = input;
  const now = await inspectFile(shell, path, ctx.signal);
  const source = now.kind === 'absent' && from !== undefined ? from : path;
  const state = source === path ? now : await inspectFile(shell, source, ctx.signal);
  if (state.kind === 'other')
    return [problem(`${source} on ${shell.place} is ${state.what}`, 'Name the regular file itself')];
  if (state.kind === 'absent' && source === from)
    return [{ ...problem(`neither ${path} nor ${from} is on ${shell.place}`, 'Fix `from`'), passing: true }];
  const base = state.kind === 'file' ? await readBytes(shell, source, ctx.signal) : new Uint8Array();
  const findings = [
    ...(await placeFindings(ctx, input, now, base.byteLength)),
    ...dollarFindings(ctx, input),
    ...readableFindings(input, state),
  ];
  try {
    const edit = edited(ctx, input, base);
    const start = source === path ? '' : ` (new, from ${source})`;
    const diff = maskedDiff(edit).join(', ') || 'nothing: all is as wanted';
    return [...findings, { level: 'simulated', what: `would change in ${path}${start}: ${diff}` }];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return [...findings, error.problem];
  }
};
