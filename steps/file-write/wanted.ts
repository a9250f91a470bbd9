import type { ActContext } from '../../engine/step.ts';
import type { BeforeImage } from '../_kits/files/before-image.ts';
import { sha256 } from '../_work/path.ts';
import type { FileWriteInput } from './step.ts';

/** The file as it is to be. */
export interface Wanted {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Octal, without a leading zero, as `stat` prints it. */
  mode(before: BeforeImage): string;
}

export const wantedFile = async (ctx: ActContext, input: FileWriteInput): Promise<Wanted> => {
  const { content, content_file } = input;
  const bytes =
    content_file === undefined
      ? new TextEncoder().encode(ctx.reveal(content ?? ''))
      : await ctx.readFile(content_file);
  const fresh = typeof content === 'object' ? '600' : '644';
  return {
    bytes,
    sha256: sha256(bytes),
    mode: (before) => input.mode?.slice(-3) ?? (before.existed ? before.mode : fresh),
  };
};
