/** New files that belong together. */
import { lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '../diagnostic.ts';
import { isSystemError, reasonOf } from '../journal/system-error.ts';

export interface Placed {
  readonly path: string;
  readonly text: string;
}

/** A symbolic link to nowhere is there, too. */
const isThere = (path: string): boolean => {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // Of ENOTDIR and the like, making the folder says what is wrong.
    return false;
  }
};

/** All or none: throws RB689 if one is there already; what was written before a failure is removed again. */
export const writeAll = (files: readonly Placed[], shown: (path: string) => string): void => {
  const inTheWay = files.filter(({ path }) => isThere(path));
  if (inTheWay.length > 0) fail('RB689', { files: inTheWay.map(({ path }) => shown(path)) });
  const written: string[] = [];
  const made: string[] = [];
  const attempt = (path: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'EEXIST') fail('RB689', { files: [shown(path)] }, { cause: error });
      fail('RB641', { path: shown(path), why: reasonOf(error) }, { cause: error });
    }
  };
  try {
    for (const { path, text } of files) {
      const folder = dirname(path);
      attempt(folder, () => made.push(...makeFolder(folder)));
      // `wx`: a file that has appeared since the check is not overwritten either.
      attempt(path, () => writeFileSync(path, text, { flag: 'wx' }));
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    // The deepest first; one that somebody else has put something into stays.
    for (const path of made.toSorted((a, b) => b.length - a.length)) removeIfEmpty(path);
    throw error;
  }
};

/** The folders that were made. */
const makeFolder = (folder: string): readonly string[] => {
  const first = mkdirSync(folder, { recursive: true });
  const made: string[] = [];
  for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) made.push(at);
  return made;
};

const removeIfEmpty = (path: string): void => {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
};
