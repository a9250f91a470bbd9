/** Files of a folder that are runbooks: YAML with the three keys that each has. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const largest = 2 * 1024 * 1024;
const keys = [/^version:[ \t]*1[ \t]*(#.*)?\r?$/m, /^name:/m, /^steps:/m];

/** Relative to `folder`, sorted. Hidden folders and installed packages are left out. */
export const findRunbooks = (folder: string): readonly string[] => {
  const found: string[] = [];
  const visit = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      // Links are not followed: they may lead out of the repository, or in circles.
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && /\.ya?ml$/.test(entry.name) && isRunbook(path)) found.push(path);
    }
  };
  visit(folder);
  return found.map((path) => relative(folder, path)).sort();
};

const isRunbook = (path: string): boolean => {
  if (lstatSync(path).size > largest) return false;
  return isRunbookText(readFileSync(path, 'utf8'));
};

export const isRunbookText = (text: string): boolean => keys.every((key) => key.test(text));
