import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One by one, each for its owner only. Not `recursive`: below /proc, which says ENOENT to every mkdir, Node's own
 * way up and down never ends. Throws the system's error.
 */
export const makeFolders = (dir: string): void => {
  if (existsSync(dir)) return;
  const parent = dirname(dir);
  if (parent !== dir) makeFolders(parent);
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    // Another act made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};
