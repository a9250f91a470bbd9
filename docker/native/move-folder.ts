import { renameSync, rmSync } from 'node:fs';

/** Gives a folder that is ready its name; where another process was faster, its folder stays and this one goes. */
export const moveUnlessThere = (folder: string, to: string): void => {
  try {
    renameSync(folder, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    rmSync(folder, { recursive: true });
  }
};
