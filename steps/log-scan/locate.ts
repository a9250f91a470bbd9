/**
 * Where the lines since a position stand now: a log is put aside, compressed, or copied and cut short, and its path
 * may lead elsewhere. The file of the position is known again by its inode and by what stood in it before the
 * position. Where a part cannot be found, that is an error: too few lines would be counted in silence.
 */
import type { ActContext } from '../../engine/step.ts';
import { Lost } from './failures.ts';
import { familyOf, type Member, putAsideSince, youngerThan } from './family.ts';
import { type FoundFile, type FoundPath, type Piece, printsOf } from './files.ts';
import type { FileOffset, Position } from './step.ts';

export interface Located {
  /** Oldest first; the lines run on from one to the next. */
  readonly pieces: readonly Piece[];
  /** What was put aside before and has gained more: its writer had not moved on yet. */
  readonly late: Piece | null;
  readonly rotated: boolean;
}

const whole = (file: FoundFile): Piece => ({ file, offset: 0, print: null, bytes: null });
/** What is still written to is read as far as it was seen. */
const upToSize = (piece: Piece): Piece => ({ ...piece, bytes: piece.file.size - piece.offset });

const isSameInode = (file: FoundFile, saved: FileOffset): boolean =>
  file.inode === saved.inode &&
  (saved.device === undefined || file.device === saved.device) &&
  (!saved.born || file.born === 0 || file.born === saved.born);

/** Of these files, the first that is the one of the position, from there on. */
const firstOf = async (
  ctx: ActContext,
  saved: FileOffset,
  files: readonly FoundFile[],
): Promise<Piece | null> => {
  const { offset, print } = saved;
  // Without a byte before the position, or of an older version: the inode alone tells.
  if (offset === 0 || print === undefined) {
    const file = files.find((one) => isSameInode(one, saved) && one.size >= offset);
    return file ? { file, offset, print: null, bytes: null } : null;
  }
  for (const file of files) {
    const [found] = await printsOf(ctx, [{ file, offset }]);
    if (found === print) return { file, offset, print, bytes: null };
  }
  return null;
};

const oldest = 30;

/** Where the file of a position may stand now, other than at its path; the most likely first. */
const candidates = (saved: FileOffset, real: string, others: readonly FoundFile[]): readonly Member[] => {
  const family = familyOf(real, others);
  const known = new Set(family.map(({ file }) => file));
  const strangers = others.filter((file) => !known.has(file) && isCandidate(file, saved));
  const members: readonly Member[] = [
    ...family,
    ...strangers.map((file): Member => ({ file, order: 'alone', shape: file.path, numbers: [] })),
  ];
  const rank = ({ file, order }: Member): number =>
    isSameInode(file, saved) ? 0 : order === 'alone' ? 2 : 1;
  return members.toSorted((a, b) => rank(a) - rank(b)).slice(0, oldest);
};

const isCandidate = (file: FoundFile, saved: FileOffset): boolean =>
  file.path === saved.file || isSameInode(file, saved);

/** A file that took another's place and is older than the position: its lines may be of before. */
const expectYounger = (path: string, file: FoundFile, since: Position): void => {
  const { at, inode } = since;
  if (at === undefined || file.inode === inode || file.born === 0 || file.born >= at) return;
  throw new Lost(
    `${path} leads to another file, made before the position: which of its lines are new cannot be known`,
  );
};

const currentOf = (path: string, { current }: FoundPath, since: Position): readonly Piece[] => {
  if (current === null) return [];
  expectYounger(path, current, since);
  return [upToSize(whole(current))];
};

/** From nothing: there was no file, or an empty one, which a copy of its later content does not tell from others. */
const fromNothing = (path: string, looked: FoundPath, since: Position): readonly Piece[] => {
  const { at, previous } = since;
  // What was put aside last has been read, and what it gains is read as late.
  const others = looked.others.filter((file) => !previous || !isSameInode(file, previous));
  const before = at === undefined ? [] : putAsideSince(at, familyOf(looked.real, others));
  return [...before.map(whole), ...currentOf(path, looked, since)];
};

const putAside = async (
  ctx: ActContext,
  path: string,
  looked: FoundPath,
  since: Position,
): Promise<readonly Piece[]> => {
  const { real, others } = looked;
  const members = candidates(since, real, others);
  const piece = await firstOf(
    ctx,
    since,
    members.map(({ file }) => file),
  );
  const member = members.find(({ file }) => file === piece?.file);
  if (!piece || !member)
    throw new Lost(
      `${path} on ${ctx.runOn} is not the file it was, and the old one was not found beside it: lines since the position are lost`,
    );
  const between = youngerThan(member, familyOf(real, others), real);
  if (typeof between === 'string')
    throw new Lost(`${path} on ${ctx.runOn} was put aside as ${piece.file.path}, and ${between}`);
  return [piece, ...between.map(whole), ...currentOf(path, looked, since)];
};

/** What its writer still adds to the file that was put aside last. */
const lateOf = async (
  ctx: ActContext,
  path: string,
  looked: FoundPath,
  { previous, offset }: Position,
): Promise<Piece | null> => {
  if (previous === undefined) return null;
  const files = candidates(previous, looked.real, looked.others).map(({ file }) => file);
  const piece = await firstOf(ctx, previous, files);
  if (piece !== null) return piece;
  if (offset > 0 || (looked.current?.size ?? 0) > 0) return null;
  throw new Lost(
    `${path} on ${ctx.runOn}: the file that was put aside is gone, and the new one has no line yet: what was written meanwhile is lost`,
  );
};

export const locate = async (
  ctx: ActContext,
  path: string,
  looked: FoundPath,
  since: Position | undefined,
): Promise<Located> => {
  const { current } = looked;
  if (since === undefined || since.inode === '') {
    const pieces = fromNothing(path, looked, since ?? { inode: '', offset: 0 });
    return { pieces, late: null, rotated: pieces.length > 1 };
  }
  const late = await lateOf(ctx, path, looked, since);
  const same = current && (await firstOf(ctx, since, current.size >= since.offset ? [current] : []));
  if (same) {
    const before = since.offset === 0 ? fromNothing(path, looked, since).slice(0, -1) : [];
    return { pieces: [...before, upToSize(same)], late, rotated: before.length > 0 };
  }
  const pieces = await putAside(ctx, path, looked, since);
  return { pieces, late, rotated: true };
};
