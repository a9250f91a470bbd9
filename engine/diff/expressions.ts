/** Expressions by what they mean: white space, quotes, parentheses and the ids of renamed steps do not matter. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { baseEnvironment } from '../expr/environment.ts';

/** A tree of operators and their arguments. */
type Tree = string | number | boolean | null | readonly Tree[];

const LARGEST_CACHE = 20_000;
const trees = new Map<string, Tree>();

const isNode = (part: unknown): part is ASTNode => typeof part === 'object' && part !== null && 'op' in part;

/** `a.b` and `a['b']` are one thing. */
const treeOf = (part: unknown): Tree => {
  if (Array.isArray(part)) return part.map(treeOf);
  if (isNode(part)) {
    const { op, args } = part as { op: string; args: unknown };
    if (op === 'id') return ['id', String(args)];
    if (op === 'value') return ['value', typeof args, String(args)];
    if (op === '[]' && Array.isArray(args)) {
      const [of, key] = args as [unknown, unknown];
      if (isNode(key) && key.op === 'value' && typeof key.args === 'string')
        return ['.', treeOf(of), key.args];
    }
    return Array.isArray(args) ? [op, ...args.map(treeOf)] : [op, treeOf(args)];
  }
  return typeof part === 'bigint' || part === undefined ? String(part) : (part as Tree);
};

/** An expression that cannot be parsed is its own text: a plan holds none, a text that looks like one may. */
const parsed = (expr: string): Tree => {
  const known = trees.get(expr);
  if (known !== undefined) return known;
  if (trees.size >= LARGEST_CACHE) trees.clear();
  let tree: Tree;
  try {
    tree = treeOf(baseEnvironment().parse(expr).ast);
  } catch {
    tree = ['text', expr];
  }
  trees.set(expr, tree);
  return tree;
};

/** Ids of steps before the change, by what they are called after it. */
export type Rename = (step: string) => string;
export const asWritten: Rename = (step) => step;

const isStep = (tree: Tree): tree is readonly ['.', readonly ['id', 'steps'], string] =>
  Array.isArray(tree) && tree[0] === '.' && JSON.stringify(tree[1]) === '["id","steps"]';

const renamed = (tree: Tree, rename: Rename): Tree => {
  if (!Array.isArray(tree)) return tree;
  if (isStep(tree)) return ['.', ['id', 'steps'], rename(tree[2])];
  return (tree as readonly Tree[]).map((part) => renamed(part, rename));
};

const expression = (expr: string, rename: Rename): Tree =>
  rename === asWritten ? parsed(expr) : renamed(parsed(expr), rename);

/** Equal texts mean the same. */
export const canonical = (expr: string, rename: Rename = asWritten): string =>
  JSON.stringify(expression(expr, rename));

/** Of a condition: how much it demands, compared with before. */
export type Strength = 'same' | 'weaker' | 'stronger' | 'other';

const parts = (tree: Tree, op: '&&' | '||'): readonly Tree[] =>
  Array.isArray(tree) && tree[0] === op ? tree.slice(1).flatMap((part) => parts(part, op)) : [tree];

const text = (tree: Tree): string => JSON.stringify(tree);

const opposite = { same: 'same', weaker: 'stronger', stronger: 'weaker', other: 'other' } as const;

/** Of a condition that is true when something is wrong. */
export const inverted = (strength: Strength): Strength => opposite[strength];

/** What can be said without doubt: a part more or less of `&&` and `||`, a bound that moved. All else is `other`. */
export const compareConditions = (was: string, is: string, rename: Rename = asWritten): Strength =>
  compareTrees(expression(was, rename), parsed(is));

const compareTrees = (was: Tree, is: Tree): Strength => {
  if (text(was) === text(is)) return 'same';
  if (isConstant(is, true) || isConstant(was, false)) return 'weaker';
  if (isConstant(was, true) || isConstant(is, false)) return 'stronger';
  return compareLists(parts(was, '&&'), parts(is, '&&'));
};

const isConstant = (tree: Tree, value: boolean): boolean => text(tree) === `["value","boolean","${value}"]`;

/** Of parts that all have to be true. */
const compareLists = (was: readonly Tree[], is: readonly Tree[]): Strength => {
  const [before, after] = [new Set(was.map(text)), new Set(is.map(text))];
  const gone = was.filter((part) => !after.has(text(part)));
  const come = is.filter((part) => !before.has(text(part)));
  if (gone.length === 0 && come.length === 0) return 'same';
  if (come.length === 0) return 'weaker';
  if (gone.length === 0) return 'stronger';
  return gone.length === come.length
    ? joined(gone.map((part, i) => compareBounds(part, come[i] ?? null)))
    : 'other';
};

const joined = (found: readonly Strength[]): Strength => {
  const kinds = new Set(found.filter((each) => each !== 'same'));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : kinds.size === 0 ? 'same' : 'other';
};

const numberOf = (tree: Tree | undefined): number | null => {
  if (!Array.isArray(tree)) return null;
  if (tree[0] === '-_') {
    const inner = numberOf(tree[1] as Tree);
    return inner === null ? null : -inner;
  }
  return tree[0] === 'value' && (tree[1] === 'bigint' || tree[1] === 'number') ? Number(tree[2]) : null;
};

const mirrored: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };

/** `x >= 3`, whichever side the number is on. */
const boundOf = (
  tree: Tree,
): { readonly of: string; readonly op: string; readonly number: number } | null => {
  if (!Array.isArray(tree) || tree.length !== 3) return null;
  const [op, left, right] = tree as unknown as readonly [string, Tree, Tree];
  if (!Object.hasOwn(mirrored, op)) return null;
  const [l, r] = [numberOf(left), numberOf(right)];
  if (r !== null && l === null) return { of: text(left), op, number: r };
  return l !== null && r === null ? { of: text(right), op: mirrored[op] ?? op, number: l } : null;
};

const compareBounds = (was: Tree, is: Tree): Strength => {
  const anyOf = parts(was, '||').length + parts(is, '||').length > 2;
  if (anyOf) return compareAny(parts(was, '||'), parts(is, '||'));
  const [before, after] = [boundOf(was), boundOf(is)];
  if (!before || !after || before.of !== after.of) return 'other';
  // An exact number that is lowered is satisfied by less; which one is right nobody can tell here.
  if (before.op === '==' && after.op === '==') return after.number < before.number ? 'weaker' : 'other';
  const direction = (op: string) => (op.startsWith('>') ? 1 : op.startsWith('<') ? -1 : 0);
  const side = direction(after.op);
  if (before.op === '==' && side !== 0)
    return (before.number - after.number) * side >= 0 ? 'weaker' : 'other';
  if (side === 0 || side !== direction(before.op)) return 'other';
  if (before.number === after.number) return after.op.length > before.op.length ? 'weaker' : 'stronger';
  return (after.number - before.number) * side < 0 ? 'weaker' : 'stronger';
};

/** Of parts of which one has to be true. */
const compareAny = (was: readonly Tree[], is: readonly Tree[]): Strength => {
  const [before, after] = [new Set(was.map(text)), new Set(is.map(text))];
  if (was.every((part) => after.has(text(part)))) return 'weaker';
  return is.every((part) => before.has(text(part))) ? 'stronger' : 'other';
};
