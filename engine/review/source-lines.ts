import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ShownOptions } from './view.ts';

/** Each file is read once, when a line of it is first asked for. */
export const sourceLines = (cwd: string): ShownOptions['lineOf'] => {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = read(resolve(cwd, file));
      files.set(file, lines);
    }
    return lines[line - 1] ?? null;
  };
};

/** A file that is gone since has no lines: the remark is still shown. */
const read = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
};
