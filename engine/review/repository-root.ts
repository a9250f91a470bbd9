import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The folder that holds `.git`, which is a file in a work tree of its own; null: none above `folder`. */
export const repositoryRoot = async (folder: string): Promise<string | null> => {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
