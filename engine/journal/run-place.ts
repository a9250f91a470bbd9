/** Which directory a run lives in, so that a copy is not mistaken for it. */
import { realpathSync, statSync } from 'node:fs';

export interface RunPlace {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** As text: both can be larger than a double holds. */
  readonly device: string;
  readonly inode: string;
}

export const placeOf = (runDir: string): RunPlace => {
  const { dev, ino } = statSync(runDir, { bigint: true });
  return { path: realpathSync(runDir), device: String(dev), inode: String(ino) };
};

/** `moved`: the same directory under another name. `unknown`: nothing was recorded. */
export type PlaceFound = 'same' | 'moved' | 'copied' | 'unknown';

/**
 * A file system may get another device number with the next boot, so the number alone makes no copy of a directory
 * at its original path, with its original inode.
 */
export const comparePlace = (recorded: RunPlace | null, now: RunPlace): PlaceFound => {
  if (recorded === null) return 'unknown';
  const [samePath, sameDevice] = [recorded.path === now.path, recorded.device === now.device];
  if (recorded.inode !== now.inode || !(samePath || sameDevice)) return 'copied';
  return samePath ? 'same' : 'moved';
};
