/** Expressions of a policy that was loaded, ready to be asked. */
import { type ASTNode, type ParseResult, serialize } from '@marcbachmann/cel-js';
import { dividingSafely } from '../expr/division.ts';
import { judgeEnvironment } from './environments.ts';

export type Context = ReadonlyMap<string, unknown>;

const parsed = new Map<string, ParseResult>();

const parse = (expr: string): ParseResult => {
  const known = parsed.get(expr);
  if (known) return known;
  const written = judgeEnvironment().parse(expr);
  const safe = dividingSafely(written.ast);
  const result = safe === null ? written : judgeEnvironment().parse(safe);
  parsed.set(expr, result);
  return result;
};

export type Answer = { readonly holds: boolean } | { readonly error: string };

export const ask = (expr: string, context: Context): Answer => {
  try {
    const answer: unknown = parse(expr)(context);
    return typeof answer === 'boolean' ? { holds: answer } : { error: 'it gives neither true nor false' };
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    return { error: message.replace(/^No such key: (\w+)$/, 'there is no "$1"') };
  }
};

/** Of `plan.steps.all(s, ...)` or `plan.gates.all(...)`: ids of those for which it is false; empty: another form. */
export const failingSteps = (expr: string, context: Context): readonly string[] => {
  const found = failingOf(expr);
  if (found === null) return [];
  try {
    const items: unknown = parse(found)(context);
    return Array.isArray(items) ? items.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
};

const failingOf = (expr: string): string | null => {
  const { ast } = judgeEnvironment().parse(expr);
  if (ast.op !== 'rcall' || ast.args[0] !== 'all') return null;
  const [, list, [item, that]] = ast.args;
  const isOfPlan = list.op === '.' && list.args[0].op === 'id' && list.args[0].args === 'plan';
  const named = isOfPlan && (list.args[1] === 'steps' || list.args[1] === 'gates');
  if (!named || item?.op !== 'id' || !that) return null;
  const failing = { op: 'rcall', args: ['filter', list, [item, { op: '!_', args: that }]] };
  const ids = { op: 'rcall', args: ['map', failing, [item, { op: '.', args: [item, 'id'] }]] };
  return serialize(ids as unknown as ASTNode);
};
