/** Where the parts of a runbook are written, by their paths in it. */
import type { Position } from '../diagnostic.ts';
import type { Path } from '../expr/json-schema.ts';

/** A part of a text; offsets are into its value, for expressions from the `${{` at `open`. */
export interface TextPart {
  readonly start: number;
  readonly end: number;
  readonly open: number | null;
}

export interface Source {
  lineOf(path: Path): number;
  has(path: Path): boolean;
  /** The scalar at `path` as written in the file; null: none. */
  written(path: Path): string | null;
  /** The value at `path`, or the nearest thing above it that exists. */
  value(path: Path): Position;
  /** The key that leads to `path`. */
  key(path: Path): Position;
  /** A part of the scalar at `path`. */
  within(path: Path, part: TextPart): Position;
}
