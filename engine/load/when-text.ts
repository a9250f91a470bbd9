/** A `when` may stand in `${{ }}` or without it. */
import { splitPlaceholders } from '../expr/placeholders.ts';

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
