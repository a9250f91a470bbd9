/** `'ro' in run.succeeded` of an invariant, where `ro` is a loop or a group: all of its steps have succeeded. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { syntaxOf } from '../../expr/environment.ts';
import type { Json } from '../../plan.ts';
import { isMap } from '../is-map.ts';
import type { Source } from '../source.ts';
import type { Emitted } from './emit.ts';
import type { Edit, Origin } from './expanded-source.ts';
import { idsOf, resolve, type Scope } from './names.ts';
import { applied } from './rewrite.ts';

/** null: nothing of it changes. */
export const expandInvariants = (
  invariants: Json | undefined,
  source: Source,
  names: Scope,
): Emitted | null => {
  if (!Array.isArray(invariants)) return null;
  const path = ['invariants'];
  const children = new Map<number, Origin>();
  const value = (invariants as readonly Json[]).map((invariant, i): Json => {
    const that = isMap(invariant) ? invariant.that : undefined;
    const edits = typeof that === 'string' ? editsOf(that, names) : [];
    if (!isMap(invariant) || typeof that !== 'string' || edits.length === 0) return invariant;
    const own = { source, path: [...path, i] };
    const inner: Origin = { source, path: [...own.path, 'that'], edits };
    children.set(i, { ...own, children: new Map([['that', inner]]) });
    return { ...invariant, that: applied(that, edits) };
  });
  return children.size === 0 ? null : { value, origin: { source, path, children } };
};

const editsOf = (expr: string, names: Scope): readonly Edit[] => {
  const edits: Edit[] = [];
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) visit(one);
    if (!isNode(part)) return;
    const edit = editOf(part, expr, names);
    if (edit) edits.push(edit);
    else visit(part.args);
  };
  visit(syntaxOf(expr));
  return edits.sort((a, b) => a.start - b.start);
};

const isNode = (part: unknown): part is ASTNode =>
  typeof part === 'object' && part !== null && 'op' in part && 'args' in part;

const editOf = (node: ASTNode, expr: string, names: Scope): Edit | null => {
  if (node.op !== 'in') return null;
  const [left, right] = node.args;
  if (left.op !== 'value' || typeof left.args !== 'string') return null;
  const list = expr.slice(right.start, right.end);
  if (!/^run\s*\.\s*succeeded$/.test(list)) return null;
  const resolved = resolve(left.args, names);
  if (!resolved.ok || resolved.named.kind === 'step') return null;
  const all = idsOf(resolved.named).map((id) => `${JSON.stringify(id)} in ${list}`);
  return all.length === 0 ? null : { start: node.start, end: node.end, by: `(${all.join(' && ')})` };
};
