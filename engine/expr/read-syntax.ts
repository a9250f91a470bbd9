/** What every expression must be, whatever its names mean: not empty, readable, and of bounded cost. */
import { type ASTNode, type Environment, ParseError } from '@marcbachmann/cel-js';
import { nearest } from '../diagnostics/near.ts';
import type { Report } from './flaw.ts';
import { type Chain, deepestMacro, findReferences } from './references.ts';

export interface Syntax {
  readonly ast: ASTNode;
  readonly chains: readonly Chain[];
}

/** null: it cannot be read. What is wrong is reported; @param roots the names that an expression may begin with */
export const readSyntax = (
  expr: string,
  env: Environment,
  roots: readonly string[],
  report: Report,
): Syntax | null => {
  if (expr === '') {
    report({ start: 0, end: 0 }, 'RB301', { fault: { kind: 'empty' } });
    return null;
  }
  const ast = parse(expr, env, roots, report);
  if (ast === null) return null;
  const { chains, usesMatches, tooDeep } = findReferences(ast);
  if (usesMatches) report(usesMatches, 'RB311', {});
  if (tooDeep) report(tooDeep, 'RB301', { fault: { kind: 'macros-too-deep', limit: deepestMacro } });
  return { ast, chains };
};

const parse = (expr: string, env: Environment, roots: readonly string[], report: Report): ASTNode | null => {
  try {
    return env.parse(expr).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const span = error.range ?? { start: 0, end: expr.length };
    const reserved = /^Reserved identifier: (.*)$/.exec(error.summary)?.[1];
    if (reserved === undefined) report(span, 'RB301', { fault: { kind: 'syntax', summary: error.summary } });
    else report(span, 'RB302', { name: reserved, near: nearest(reserved, roots), known: roots });
    return null;
  }
};
