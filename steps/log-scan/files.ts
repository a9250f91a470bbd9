import type { ActContext } from '../../engine/step.ts';
import { runScript } from '../_work/script.ts';
import { unreadable } from './failures.ts';
import { lookScript, markScript, otherFile, printScript, readScript } from './scripts.ts';
import type { LogScanInput, Position } from './step.ts';

export interface FoundFile {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  /** Seconds on the place's clock. */
  readonly changed: number;
  /** 0: the file system does not know. */
  readonly born: number;
}

/** How one path stands now. */
export interface FoundPath {
  /** Where it leads to, links followed. */
  readonly real: string;
  /** null: there is none. */
  readonly current: FoundFile | null;
  /** Files that may hold an earlier part of the same log. */
  readonly others: readonly FoundFile[];
  /** Seconds on the place's clock. */
  readonly at: number;
}

const fileLine = /^file ([0-9a-fA-F]+) (\d+) (\d+) (\d+) (-?\d+) (\S+) (.*)$/;
const isRegular = (mode: string): boolean => (Number.parseInt(mode, 16) & 0xf000) === 0x8000;

const fileOf = (line: string): FoundFile | null => {
  const [, mode = '', device = '', inode = '', size, changed, born = '', path = ''] =
    fileLine.exec(line) ?? [];
  if (!isRegular(mode)) return null;
  const bornAt = /^\d+$/.test(born) ? Number(born) : 0;
  return { path, device, inode, size: Number(size), changed: Number(changed), born: bornAt };
};

const foundPath = (path: string, lines: readonly string[], at: number, place: string): FoundPath => {
  const [word = '', ...rest] = (lines[0] ?? '').slice('path '.length).split(' ');
  const real = rest.join(' ');
  if (word === 'refused') throw unreadable(`${path} on ${place}: ${real}`);
  const files = new Map(
    lines
      .slice(1)
      .map(fileOf)
      .flatMap((file) => (file ? [[file.path, file] as const] : [])),
  );
  const current = word === 'there' ? (files.get(real) ?? null) : null;
  return { real, current, others: [...files.values()].filter((file) => file.path !== real), at };
};

/** Runs a script over arguments of all paths at once. */
const ask = async (ctx: ActContext, script: string, args: readonly string[]): Promise<readonly string[]> => {
  const shell = await ctx.connect('shell');
  const { ended, lines, complaint } = await runScript(shell, script, args, { signal: ctx.signal });
  if (ended !== 'done') throw unreadable(`the files on ${shell.place} cannot be looked at: ${complaint}`);
  return lines;
};

/** How each path stands now. `known`: positions of before; a path may have led elsewhere then. */
export const lookAt = async (
  ctx: ActContext,
  paths: readonly string[],
  known: Readonly<Record<string, Position>> = {},
): Promise<ReadonlyMap<string, FoundPath>> => {
  const { place } = await ctx.connect('shell');
  const [first, ...lines] = await ask(
    ctx,
    lookScript,
    paths.flatMap((path) => [path, known[path]?.file ?? '']),
  );
  const starts = lines.flatMap((line, i) => (line.startsWith('path ') ? [i] : []));
  if (starts.length !== paths.length) throw unreadable(`the files on ${place} cannot be looked at`);
  const at = Number(first?.slice('time '.length));
  const block = (i: number) => lines.slice(starts[i], starts[i + 1]);
  return new Map(paths.map((path, i) => [path, foundPath(path, block(i), at, place)]));
};

/** Throws StepFailed where a path has no file and has to have one. */
export const expectThere = (ctx: ActContext, input: LogScanInput, path: string, at: FoundPath): void => {
  if (at.current === null && !input.optional) throw unreadable(`${path} is not there on ${ctx.runOn}`);
};

export interface Spot {
  readonly file: FoundFile;
  readonly offset: number;
}

/** What tells each file from others by its content before the offset; null: it is another file, or shorter. */
export const printsOf = async (
  ctx: ActContext,
  spots: readonly Spot[],
): Promise<readonly (string | null)[]> => {
  if (spots.length === 0) return [];
  const lines = await ask(
    ctx,
    printScript,
    spots.flatMap(({ file, offset }) => [file.path, file.inode, String(offset)]),
  );
  return spots.map(({ file }, i) => {
    if (lines[i] === 'unreadable') throw unreadable(`${file.path} on ${ctx.runOn}: it may not be read`);
    return lines[i] === '-' ? null : (lines[i] ?? null);
  });
};

/** Where the last whole line of each file ends; null: it is another file by now. */
export const endsOf = async (
  ctx: ActContext,
  files: readonly FoundFile[],
): Promise<readonly ({ readonly offset: number; readonly print: string } | null)[]> => {
  if (files.length === 0) return [];
  const lines = await ask(
    ctx,
    markScript,
    files.flatMap(({ path, inode, size }) => [path, inode, String(size)]),
  );
  return files.map(({ path }, i) => {
    const [offset = '', print = ''] = (lines[i] ?? '').split(' ');
    if (offset === 'endless')
      throw unreadable(`${path} on ${ctx.runOn}: its last line is longer than 1 MiB and has no end`);
    return offset === '-' ? null : { offset: Number(offset), print };
  });
};

export interface Piece extends Spot {
  /** The hash that the file has before `offset`; null: there is nothing before it. */
  readonly print: string | null;
  /** Bytes to read; null: to its end. */
  readonly bytes: number | null;
}

/** Reads a piece as it comes; the bytes that came. null: it is another file by now, and what came is not its. */
export const readPiece = async (
  ctx: ActContext,
  piece: Piece,
  onBytes: (chunk: Uint8Array) => void,
): Promise<number | null> => {
  const shell = await ctx.connect('shell');
  const { file, offset, print, bytes } = piece;
  const args = [file.path, file.inode, String(offset), print ?? '', bytes === null ? '' : String(bytes)];
  const control = new AbortController();
  const signal = AbortSignal.any([ctx.signal, control.signal]);
  let came = 0;
  const { ended, complaint } = await runScript(shell, readScript, args, {
    signal,
    exits: otherFile,
    keepBytes: 4096,
    onStdout: (chunk) => {
      if (control.signal.aborted) return;
      came += chunk.byteLength;
      try {
        onBytes(chunk);
      } catch (error) {
        // Thrown into a stream's event it would end the process.
        control.abort(error);
      }
    },
  });
  if (ended === 'other') return null;
  if (ended !== 'done') throw unreadable(`${file.path} on ${shell.place}: ${complaint}`);
  return bytes === null || came === bytes ? came : null;
};
