/** What a format needs besides the remarks. */
import type { Level, Remark } from './remark.ts';

/** Of a code, for formats that list their rules. */
export interface Rule {
  /** What it looks for, in a few words. */
  readonly title: string;
  /** Its page, Markdown: why it matters, what to do. */
  readonly help: string;
  /** Where it can be overridden: what it is without. */
  readonly level: Level;
}

export interface ShownOptions {
  readonly color: boolean;
  /** Absolute: what `file` of a remark is relative to. */
  readonly cwd: string;
  /** Absolute: the repository that `cwd` is in; null: in none. CI systems name files from there. */
  readonly root: string | null;
  /** Text of a line, 1-based, as `sourceLines` reads it; null: not known. */
  lineOf(file: string, line: number): string | null;
  /** null: a code without a page. */
  ruleOf(code: string): Rule | null;
  /** Of the engine. */
  readonly version: string;
}

export type Shown = (remarks: readonly Remark[], options: ShownOptions) => string;

const weights: Record<Level, number> = { error: 0, warning: 1, note: 2 };

/** Errors first; within a level as they were given: who finds them knows the order. */
export const worstFirst = (remarks: readonly Remark[]): readonly Remark[] =>
  remarks.toSorted((a, b) => weights[a.level] - weights[b.level]);

export const countOf = (remarks: readonly Remark[]): Record<Level, number> => {
  const count = { error: 0, warning: 0, note: 0 };
  for (const { level } of remarks) count[level]++;
  return count;
};

/** Message and remedy as one text, for formats that have no place for a remedy. */
export const wholeText = ({ message, remedy }: Remark, between: string): string =>
  remedy === null ? message : `${message}${between}${remedy}`;
