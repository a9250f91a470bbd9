/** The directory that holds a person's runs. Write access there allows rewriting a journal. */
import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '../diagnostic.ts';
import { makePrivateDir } from './durable.ts';
import { isSystemError, reasonOf } from './system-error.ts';

/** Makes it where it is missing. Throws RB420 (not a directory, no rights, read-only), RB421, RB422. */
export const prepareRunsDir = (path: string): void => {
  try {
    makeMissing(path);
  } catch (error) {
    fail('RB420', { path, why: reasonOf(error) }, { cause: error });
  }
  checkOwnDir(path);
};

/** Ids of the runs in it, in order of their creation's minute. Throws RB420; a missing directory holds none. */
export const runIds = (path: string): readonly string[] => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    return fail('RB420', { path, why: reasonOf(error) }, { cause: error });
  }
};

/** Throws RB420 where it is no directory, RB421 or RB422 where somebody else could change what is in it. */
export const checkOwnDir = (path: string, user = process.geteuid?.()): void => {
  const stats = statOf(path);
  if (!stats.isDirectory()) fail('RB420', { path, why: 'it is not a directory' });
  if (user !== undefined && stats.uid !== user && stats.uid !== 0) {
    fail('RB421', { path, owner: stats.uid, user });
  }
  // In a sticky directory such as /tmp others may add names, but not replace ours.
  const othersWrite = (stats.mode & 0o022) !== 0;
  const sticky = (stats.mode & 0o1000) !== 0;
  if (othersWrite && !sticky) fail('RB422', { path, mode: (stats.mode & 0o7777).toString(8) });
};

// One by one: with some umasks a recursive mkdir makes parents that their owner cannot enter.
const makeMissing = (path: string): void => {
  if (existsSync(path)) return;
  makeMissing(dirname(path));
  makePrivateDir(path);
};

const statOf = (path: string): Stats => {
  try {
    return statSync(path);
  } catch (error) {
    return fail('RB420', { path, why: reasonOf(error) }, { cause: error });
  }
};
