/** Where a file holds CEL: inside of `${{ }}`, and in keys that are expressions as a whole. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scalar } from 'yaml';
import { baseEnvironment } from '../expr/environment.ts';
import { splitPlaceholders } from '../expr/placeholders.ts';
import type { Path } from '../load/yaml-source.ts';
import { insideOf, type Spot } from './spot.ts';

export interface ExpressionSite {
  readonly path: Path;
  /** Offset of `text` in the file. */
  readonly start: number;
  /** As long as in the file: escapes of YAML are blanks. */
  readonly text: string;
}

const CONDITIONS = new Set(['success_condition', 'failure_condition', 'samples']);

/** The whole value is an expression, without `${{ }}`. */
export const isCondition = (path: Path): boolean => {
  const [section] = path;
  const key = path.at(-1);
  if (section === 'invariants') return key === 'that';
  if (section === 'steps' && key === 'when' && !path.includes('with')) return true;
  if (section === 'steps' && key === 'until' && path.at(-2) !== 'background') return true;
  if (section !== 'steps' || !path.includes('with')) return false;
  return CONDITIONS.has(String(key)) || (typeof key === 'number' && path.at(-2) === 'criteria');
};

/** The call whose output a condition knows as `result`: its own, or what the watch measures. */
export const readOf = (path: Path): Path =>
  path.at(-1) === 'until' ? path.slice(0, -1) : [...path.slice(0, -1), 'measure'];

/** A quote that YAML escapes is two characters: the blank goes to its outer side, so that CEL reads the same text. */
const withoutEscapes = (raw: string, type: Scalar['type']): string => {
  const escaped = type === 'QUOTE_DOUBLE' ? /\\"/g : type === 'QUOTE_SINGLE' ? /''/g : null;
  if (escaped === null) return raw;
  const quote = type === 'QUOTE_DOUBLE' ? '"' : "'";
  let opens = false;
  return raw.replaceAll(escaped, () => {
    opens = !opens;
    return opens ? ` ${quote}` : `${quote} `;
  });
};

export const sitesIn = ({ path, node, isKey }: Spot, file: string): readonly ExpressionSite[] => {
  if (isKey || typeof node.value !== 'string' || !node.range) return [];
  const { start, end } = insideOf(node, file);
  // A `when` may stand in `${{ }}`, too.
  const whole = isCondition(path) && !(path.at(-1) === 'when' && node.value.includes('${{'));
  if (!whole && !node.value.includes('${{')) return [];
  const text = withoutEscapes(file.slice(start, end), node.type);
  if (whole) {
    const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
    const head = isBlock ? text.indexOf('\n') + 1 : 0;
    return [{ path, start: start + head, text: text.slice(head) }];
  }
  const split = splitPlaceholders(text);
  if (!split.ok) return [];
  return split.segments.flatMap((part) =>
    part.kind === 'expr' ? [{ path, start: start + part.start, text: part.expr }] : [],
  );
};

/** null: it cannot be read. */
export const astOf = (text: string): ASTNode | null => {
  try {
    return baseEnvironment().parse(text).ast;
  } catch {
    return null;
  }
};
