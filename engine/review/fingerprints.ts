/** The same remark keeps its fingerprint when lines above it are added, so that CI systems know what is new. */
import { hash } from 'node:crypto';
import { pathInRepository } from './paths.ts';
import type { Remark } from './remark.ts';
import type { ShownOptions } from './view.ts';

type Options = Pick<ShownOptions, 'cwd' | 'root' | 'lineOf'>;

/**
 * Of each remark, in order. Made of the code, the file, the step, the words and the line's text; of equal ones the
 * first in the file is number 1, and so on.
 */
export const fingerprintsOf = (remarks: readonly Remark[], options: Options): readonly string[] => {
  const found = new Array<string>(remarks.length);
  const seen = new Map<string, number>();
  const inFile = [...remarks.entries()].sort(
    ([, a], [, b]) => a.region.line - b.region.line || a.region.col - b.region.col,
  );
  for (const [i, remark] of inFile) {
    const content = contentOf(remark, options);
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    found[i] = `${hash('sha256', content).slice(0, 32)}:${nth}`;
  }
  return found;
};

const contentOf = ({ code, file, step, message, region }: Remark, options: Options): string => {
  const line = options.lineOf(file, region.line)?.trim() ?? '';
  // Words may name a line or a count, which move as well.
  const words = message.replace(/\d+/g, '0');
  return JSON.stringify([code, pathInRepository(file, options), step, words, line]);
};
