/** An expression for people, before loops and parts have changed it. */
import { parse } from 'yaml';
import type { Path } from '../expr/json-schema.ts';
import type { Source } from './source.ts';

export const textAsWritten = (expr: string, path: Path, source: Source): string => {
  const written = source.written(path);
  const value: unknown = written === null ? null : parse(written);
  return typeof value === 'string' ? value : expr;
};
