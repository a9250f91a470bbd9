/** Which pieces of a file hold the lines since a position, rotation considered. Pure. */
import type { Standing } from './files.ts';
import type { Positions } from './step.ts';

export interface Piece {
  readonly path: string;
  readonly inode: string;
  readonly from: number;
  /** Infinity: to its end. */
  readonly to: number;
  /** The position counts on in it; what was put aside is done with once its successor is there. */
  readonly current: boolean;
}

export interface Plan {
  readonly pieces: readonly Piece[];
  readonly rotated: boolean;
  /** What cannot be read any more, for the log. */
  readonly lost: string | null;
}

export const piecesSince = (path: string, now: Standing, since: Positions[string] | undefined): Plan => {
  const { inode, end, size, aside } = now;
  const all: Piece = { path, inode, from: 0, to: end, current: true };
  const rest = (current: boolean): Piece => ({
    path: `${path}.1`,
    inode: aside,
    from: since?.offset ?? 0,
    to: Number.MAX_SAFE_INTEGER,
    current,
  });
  const wasPutAside = since !== undefined && since.inode !== '' && since.inode === aside;
  if (inode === '') return { pieces: wasPutAside ? [rest(true)] : [], rotated: wasPutAside, lost: null };
  // No position: the file was not there when it was taken.
  if (since === undefined || since.inode === '') return { pieces: [all], rotated: false, lost: null };
  if (since.inode === inode) {
    if (size >= since.offset)
      return { pieces: [{ ...all, from: Math.min(since.offset, end) }], rotated: false, lost: null };
    return {
      pieces: [all],
      rotated: true,
      lost: `${path} was cut short: what stood in it since the position is gone`,
    };
  }
  if (wasPutAside) return { pieces: [rest(false), all], rotated: true, lost: null };
  return {
    pieces: [all],
    rotated: true,
    lost: `${path} was rotated away: the rest of the old file cannot be read`,
  };
};
