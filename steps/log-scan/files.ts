import type { ActContext } from '../../engine/step.ts';
import { runScript } from '../_targets/files/script.ts';
import { lookScript, readScript } from './scripts.ts';
import type { LogScanInput, Positions } from './step.ts';

export interface Standing {
  readonly inode: string;
  readonly size: number;
  /** Where the last whole line ends. */
  readonly end: number;
  /** The inode of the file that rotation has put aside as PATH.1; empty: none. */
  readonly aside: string;
}

/** A file that is to be read and cannot be. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Not there; an earlier step may start what writes it. */
export class Absent extends Unreadable {}

const standingOf = (line: string): Standing | { readonly refused: string } => {
  const [word, ...rest] = line.split(' ');
  if (word === 'refused') return { refused: rest.join(' ') };
  if (word === 'missing') return { inode: '', size: 0, end: 0, aside: rest[0] ?? '' };
  const [inode = '', size, half, aside = ''] = rest;
  return { inode, size: Number(size), end: Number(size) - Number(half), aside };
};

/**
 * How each file stands now, by path. Throws Unreadable, but not for a file of `known` that was put aside a
 * moment ago: whoever rotates it has yet to make the new one.
 */
export const lookAt = async (
  ctx: ActContext,
  { paths, optional }: LogScanInput,
  known: Positions = {},
): Promise<ReadonlyMap<string, Standing>> => {
  const shell = await ctx.connect('shell');
  const { place } = shell;
  const { code, lines, complaint } = await runScript(shell, lookScript, paths, {
    signal: ctx.signal,
  });
  if (code !== 0 || lines.length !== paths.length)
    throw new Unreadable(`the files on ${place} cannot be looked at: ${complaint}`);
  const stand = (path: string, i: number): [string, Standing] => {
    const standing = standingOf(lines[i] ?? '');
    if ('refused' in standing) throw new Unreadable(`${path} on ${place}: ${standing.refused}`);
    const { inode, aside } = standing;
    const rotating = aside !== '' && aside === known[path]?.inode;
    if (inode === '' && !optional && !rotating) throw new Absent(`${path} is not there on ${place}`);
    return [path, standing];
  };
  return new Map(paths.map(stand));
};

export const endsOf = (standing: ReadonlyMap<string, Standing>): Positions =>
  Object.fromEntries([...standing].map(([path, { inode, end }]) => [path, { inode, offset: end }]));

/** Reads a piece as it comes. False: the path leads to another file by now. */
export const readPiece = async (
  ctx: ActContext,
  piece: { readonly path: string; readonly inode: string; readonly from: number; readonly to: number },
  onBytes: (chunk: Uint8Array) => void,
): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const args = [piece.path, piece.inode, String(piece.from), String(piece.to - piece.from)];
  const control = new AbortController();
  const signal = AbortSignal.any([ctx.signal, control.signal]);
  const { code, complaint } = await runScript(shell, readScript, args, {
    signal,
    keepBytes: 4096,
    onStdout: (chunk) => {
      if (control.signal.aborted) return;
      try {
        onBytes(chunk);
      } catch (error) {
        // Thrown into a stream's event it would end the process.
        control.abort(error);
      }
    },
  });
  if (code === 9) return false;
  if (code !== 0) throw new Unreadable(`${piece.path} on ${shell.place}: ${complaint}`);
  return true;
};
