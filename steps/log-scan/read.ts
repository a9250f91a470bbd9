/** Reads what one log gained, from a position to the next one. */
import type { ActContext } from '../../engine/step.ts';
import { Lost, unreadable } from './failures.ts';
import { familyOf } from './family.ts';
import {
  endsOf,
  expectThere,
  type FoundFile,
  type FoundPath,
  lookAt,
  type Piece,
  printsOf,
  readPiece,
} from './files.ts';
import { LineSplitter } from './line-splitter.ts';
import { locate } from './locate.ts';
import type { FileOffset, LogScanInput, Position, Positions } from './step.ts';
import type { Tally } from './tally.ts';

/** A file may be put aside between the look at it and the reading. */
const looksAtMost = 5;

const rotatedTooFast = (path: string) => unreadable(`${path} is rotated faster than it can be read`);

/** `null`: a file changed under the look, look again. */
const placesOf = async (
  ctx: ActContext,
  ends: readonly { readonly file: FoundFile; readonly offset: number }[],
): Promise<readonly FileOffset[] | null> => {
  const prints = await printsOf(ctx, ends);
  const places = ends.flatMap(({ file, offset }, i): FileOffset[] => {
    const print = prints[i];
    return print ? [offsetOf(file, offset, print)] : [];
  });
  return places.length === ends.length ? places : null;
};

const offsetOf = ({ inode, device, born, path }: FoundFile, offset: number, print: string): FileOffset => ({
  inode,
  device,
  born,
  offset,
  print,
  file: path,
});

interface Read {
  readonly position: Position;
  readonly rotated: boolean;
}

/** The piece that the last whole line ends in; at a border, the one that begins there. */
const endOf = (pieces: readonly Piece[], came: readonly number[], consumed: number) => {
  let left = consumed;
  let i = 0;
  for (; i < pieces.length - 1 && left >= (came[i] ?? 0); i += 1) left -= came[i] ?? 0;
  const piece = pieces[i];
  return piece && { i, file: piece.file, offset: piece.offset + left };
};

const readOnce = async (
  ctx: ActContext,
  path: string,
  looked: FoundPath,
  since: Position | undefined,
  tally: Tally,
): Promise<Read | null> => {
  const { pieces, late, rotated } = await locate(ctx, path, looked, since);
  const ends: { file: FoundFile; offset: number }[] = [];
  const lateLines = new LineSplitter((line) => tally.add(line));
  if (late && (await readPiece(ctx, late, (chunk) => lateLines.push(chunk))) === null) return null;
  // One for all: a line may begin in the file that was put aside and end in the one that took its place.
  const lines = new LineSplitter((line) => tally.add(line));
  const came: number[] = [];
  for (const piece of pieces) {
    if (piece.bytes === 0) {
      came.push(0);
      continue;
    }
    const bytes = await readPiece(ctx, piece, (chunk) => lines.push(chunk));
    if (bytes === null) return null;
    came.push(bytes);
  }
  tally.flush();
  const end = endOf(pieces, came, lines.consumed);
  if (!end) return { position: since ?? { inode: '', offset: 0, at: looked.at }, rotated };
  ends.push(end);
  const before = pieces[end.i - 1];
  if (before) ends.push({ file: before.file, offset: before.offset + (came[end.i - 1] ?? 0) });
  else if (late) ends.push({ file: late.file, offset: late.offset + lateLines.consumed });
  const places = await placesOf(ctx, ends);
  if (places === null) return null;
  const [now, previous] = places;
  if (!now) return null;
  // Nothing was read of the files after the one that the position is in: they are as new as they were before.
  const at = end.i < pieces.length - 1 ? since?.at : looked.at;
  return { position: { ...now, ...(at !== undefined && { at }), ...(previous && { previous }) }, rotated };
};

export interface Scan {
  positions: Positions;
  rotated: boolean;
  tally: Tally;
}

/** Throws StepFailed. */
export const readAll = async (ctx: ActContext, input: LogScanInput, scan: Scan): Promise<void> => {
  let left: readonly string[] = input.paths;
  const doubts = new Map<string, string>();
  /** A file that is put aside between the look at it and the reading seems lost; a fresh look finds it. */
  const lookAgain = (path: string, error: unknown): null => {
    if (!(error instanceof Lost) || doubts.get(path) === error.message) throw error;
    doubts.set(path, error.message);
    return null;
  };
  for (let look = 0; left.length > 0; look += 1) {
    if (look >= looksAtMost) throw rotatedTooFast(left[0] ?? '');
    const looked = await lookAt(ctx, left, scan.positions);
    const again: string[] = [];
    for (const path of left) {
      const now = looked.get(path);
      if (now === undefined) continue;
      const since = scan.positions[path];
      // What was put aside a moment ago has no successor yet.
      if (since === undefined || since.inode === '') expectThere(ctx, input, path, now);
      // Of its own: what was read of a file that changed meanwhile is not counted.
      const tally = scan.tally.copy();
      const read = await readOnce(ctx, path, now, since, tally).catch((error) => lookAgain(path, error));
      if (read === null) {
        again.push(path);
        continue;
      }
      scan.tally = tally;
      scan.positions = { ...scan.positions, [path]: read.position };
      scan.rotated ||= read.rotated;
    }
    left = again;
  }
};

/** The file that was put aside last, while its successor is not there: what is written now still goes to it. */
const leftWriting = ({ real, others }: FoundPath): FoundFile | undefined =>
  familyOf(real, others).find(({ order }) => order !== 'alone')?.file;

/** Where the files end now. Throws StepFailed. */
export const mark = async (ctx: ActContext, input: LogScanInput): Promise<Positions> => {
  let left: readonly string[] = input.paths;
  const positions: Record<string, Position> = {};
  for (let look = 0; left.length > 0; look += 1) {
    if (look >= looksAtMost) throw rotatedTooFast(left[0] ?? '');
    const looked = await lookAt(ctx, left);
    const there = left.flatMap((path) => {
      const now = looked.get(path);
      if (now === undefined) return [];
      expectThere(ctx, input, path, now);
      const file = now.current ?? leftWriting(now);
      if (file) return [{ path, file, at: now.at }];
      positions[path] = { inode: '', offset: 0, at: now.at };
      return [];
    });
    const ends = await endsOf(
      ctx,
      there.map(({ file }) => file),
    );
    left = there.flatMap(({ path, file, at }, i) => {
      const end = ends[i];
      if (!end) return [path];
      positions[path] = { ...offsetOf(file, end.offset, end.print), at };
      return [];
    });
  }
  return positions;
};
