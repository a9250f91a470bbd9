import type { ActContext } from '../../engine/step.ts';
import { sha256 } from '../_work/path.ts';
import type { Shell } from '../_work/shell.ts';
import { type Edited, editEnv } from './edit.ts';
import type { EnvBefore, EnvEditInput } from './step.ts';

/** The file as it is to be. */
export interface Wanted extends Edited {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const maxBytes = 1024 * 1024;

/** Throws when it cannot be read whole. The content is never logged. */
export const readBytes = async (shell: Shell, path: string, signal?: AbortSignal): Promise<Uint8Array> => {
  const read = await shell.exec(['cat', '--', path], { keepBytes: maxBytes, ...(signal && { signal }) });
  if (read.truncated) throw new Error(`${path} on ${shell.place} is larger than ${maxBytes} bytes`);
  if (read.exitCode === 0) return read.stdout;
  throw new Error(`${path} on ${shell.place}: ${Buffer.from(read.stderr).toString().trim()}`);
};

/** Bytes pass as characters of one byte each: what is no UTF-8 stays what it was. */
const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export const edited = (ctx: ActContext, { set, remove }: EnvEditInput, base: Uint8Array): Wanted => {
  const values = Object.entries(set).map(([key, value]) => [key, asBytes(ctx.reveal(value))] as const);
  const edit = editEnv(Buffer.from(base).toString('latin1'), Object.fromEntries(values), remove);
  const bytes = Buffer.from(edit.text, 'latin1');
  return { ...edit, bytes, sha256: sha256(bytes) };
};

/** From the copy that was made before anything was changed: the same at every attempt and probe. */
export const wantedFile = async (
  ctx: ActContext,
  input: EnvEditInput,
  before: EnvBefore,
): Promise<Wanted> => {
  const { base } = before;
  if (base === null) return edited(ctx, input, new Uint8Array());
  const bytes = await readBytes(await ctx.connect('shell'), base.copy, ctx.signal);
  if (sha256(bytes) !== base.sha256)
    throw new Error(`the copy ${base.copy} is not what was copied: someone changed it`);
  return edited(ctx, input, bytes);
};

/** Keys only: neither values nor anything that tells of them. */
export const maskedDiff = ({ added, changed, removed }: Edited): readonly string[] => [
  ...added.map((key) => `+ ${key}`),
  ...changed.map((key) => `~ ${key}`),
  ...removed.map((key) => `- ${key}`),
];
