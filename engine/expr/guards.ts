/** Where an expression is sure that a step has run, read off its syntax tree: `steps['x'].ran && ...`. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { baseEnvironment } from './environment.ts';

type Steps = ReadonlySet<string>;

const NONE: Steps = new Set();

const union = (a: Steps, b: Steps): Steps => (b.size === 0 ? a : new Set([...a, ...b]));
const both = (a: Steps, b: Steps): Steps => new Set([...a].filter((id) => b.has(id)));

const isNode = (part: unknown): part is ASTNode =>
  typeof part === 'object' && part !== null && 'op' in part && 'args' in part;

const argsOf = (node: ASTNode): readonly ASTNode[] => [node.args].flat() as unknown as readonly ASTNode[];

/** The key of `a.key` and `a['key']`, and what it is taken of. */
const access = (node: ASTNode): { readonly of: ASTNode; readonly key: string } | null => {
  if (node.op !== '.' && node.op !== '[]') return null;
  const [of, key] = node.args as unknown as [ASTNode, ASTNode | string];
  if (typeof key === 'string') return { of, key };
  return key.op === 'value' && typeof key.args === 'string' ? { of, key: key.args } : null;
};

/** Of `steps['x'].ran`: x. */
const ranStep = (node: ASTNode): string | null => {
  const member = access(node);
  const step = member?.key === 'ran' ? access(member.of) : null;
  return step && step.of.op === 'id' && step.of.args === 'steps' ? step.key : null;
};

/** Steps that have run where the expression is `truth`. */
const known = (node: ASTNode, truth: boolean): Steps => {
  const step = ranStep(node);
  if (step !== null) return truth ? new Set([step]) : NONE;
  switch (node.op) {
    case '!_':
      return known(argsOf(node)[0] as ASTNode, !truth);
    case '&&':
    case '||': {
      const [left, right] = argsOf(node) as [ASTNode, ASTNode];
      const join = (node.op === '&&') === truth ? union : both;
      return join(known(left, truth), known(right, truth));
    }
    case '?:': {
      const [asked, then, otherwise] = argsOf(node) as [ASTNode, ASTNode, ASTNode];
      return both(
        union(known(asked, true), known(then, truth)),
        union(known(asked, false), known(otherwise, truth)),
      );
    }
    default:
      return NONE;
  }
};

/** By the offset at which a chain begins, the steps that have run wherever it is evaluated. */
export const guardsOf = (ast: ASTNode): ReadonlyMap<number, Steps> => {
  const found = new Map<number, Steps>();
  const visit = (part: unknown, sure: Steps): void => {
    if (Array.isArray(part)) for (const each of part) visit(each, sure);
    if (!isNode(part)) return;
    const [first, second, third] = argsOf(part);
    if (part.op === 'id') found.set(part.start, sure);
    else if ((part.op === '&&' || part.op === '||') && first) {
      visit(first, sure);
      visit(second, union(sure, known(first, part.op === '&&')));
    } else if (part.op === '?:' && first) {
      visit(first, sure);
      visit(second, union(sure, known(first, true)));
      visit(third, union(sure, known(first, false)));
    } else visit(part.args, sure);
  };
  visit(ast, NONE);
  return found;
};

/** Steps that have run where the expression is true; none where it cannot be read. */
export const ensuredBy = (expr: string): Steps => {
  try {
    return known(baseEnvironment().parse(expr).ast, true);
  } catch {
    return NONE;
  }
};
