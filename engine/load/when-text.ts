/** A `when` may stand in `${{ }}` or without it. */
import { syntaxOf } from '../expr/environment.ts';
import { splitPlaceholders } from '../expr/placeholders.ts';
import { findReferences } from '../expr/references.ts';

export interface BareCondition {
  readonly expr: string;
  /** Offset of `expr` in the text. */
  readonly start: number;
  /** Offset of the `${{` that it stands in; null: in none. */
  readonly open: number | null;
  /** Text stands beside a `${{ }}`, or one is not closed: offset of the `${{`. */
  readonly mixed: number | null;
}

export const bareCondition = (text: string): BareCondition => {
  const open = text.indexOf('${{');
  if (open === -1) {
    const expr = text.trim();
    return { expr, start: text.indexOf(expr), open: null, mixed: null };
  }
  const split = splitPlaceholders(text);
  const [only, ...more] = split.ok
    ? split.segments.filter((s) => s.kind === 'expr' || s.text.trim() !== '')
    : [];
  if (only?.kind !== 'expr' || more.length > 0) return { expr: '', start: open, open, mixed: open };
  return { expr: only.expr, start: only.start, open: only.open, mixed: null };
};

/** The run has no part in it: without values for its vars, it is not known yet, and no step is judged by it. */
export const isOfVars = (text: string): boolean => {
  const ast = syntaxOf(bareCondition(text).expr);
  return ast !== null && !findReferences(ast).chains.some(({ root }) => root === 'steps' || root === 'run');
};
