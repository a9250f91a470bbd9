/** What an expression names, read off its syntax tree. */
import type { ASTNode } from '@marcbachmann/cel-js';

export type Root = 'vars' | 'locals' | 'secrets' | 'steps' | 'run';

/** `name` null: an item of a list, `rows[0]`. */
export interface Key {
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
  /** End of the access, with its bracket. */
  readonly until: number;
}

/** `steps.dump.output.bytes` as root `steps` and keys `dump`, `output`, `bytes`; a computed key ends the chain. */
export interface Chain {
  readonly root: string;
  readonly keys: readonly Key[];
  /** The chain goes on with a key that is only known when it runs. */
  readonly computed: boolean;
  readonly start: number;
  readonly end: number;
  /** The chain is all there is. */
  readonly whole: boolean;
  /** `steps.a-b`: the left side of a minus. */
  readonly minus: boolean;
  /** The `has(...)` that asks whether it is there; null: its value is read. */
  readonly has: { readonly start: number; readonly end: number } | null;
}

export interface References {
  readonly chains: readonly Chain[];
  readonly usesMatches: { readonly start: number; readonly end: number } | null;
  /** A macro inside of more macros than `deepestMacro`. */
  readonly tooDeep: { readonly start: number; readonly end: number } | null;
}

const isNode = (v: unknown): v is ASTNode => typeof v === 'object' && v !== null && 'op' in v && 'args' in v;

const keyOf = (node: ASTNode): Key | null => {
  if (node.op === '.' || node.op === '.?')
    return { name: node.args[1], start: node.end - node.args[1].length, end: node.end, until: node.end };
  if (node.op !== '[]' && node.op !== '[?]') return null;
  const key = node.args[1];
  if (key.op !== 'value') return null;
  const place = { start: key.start, end: key.end, until: node.end };
  if (typeof key.args === 'string') return { name: key.args, ...place };
  return typeof key.args === 'bigint' ? { name: null, ...place } : null;
};

const isAccess = (
  node: ASTNode,
): node is ASTNode & { op: '.' | '.?' | '[]' | '[?]'; args: [ASTNode, unknown] } =>
  node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';

/** Macros bind their first argument: `rows.all(r, r.ok)`. */
const MACROS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter', 'bind']);

/**
 * Each level multiplies: ten lists of ten in each other are ten billion turns, and `bind` doubles a text as
 * often as it is nested. No limit of the library's sees that.
 */
export const deepestMacro = 2;

export const findReferences = (ast: ASTNode): References => {
  const chains: Chain[] = [];
  let usesMatches: References['usesMatches'] = null;
  let tooDeep: References['tooDeep'] = null;
  let depth = 0;

  const chain = (
    top: ASTNode,
    bound: ReadonlySet<string>,
    minus: boolean,
    has: Chain['has'] = null,
  ): boolean => {
    const links: ASTNode[] = [];
    let node = top;
    while (isAccess(node)) {
      links.unshift(node);
      node = node.args[0];
    }
    if (node.op !== 'id') return false;
    const computedParts = links
      .filter((l) => l.op === '[]' || l.op === '[?]')
      .map((l) => l.args as [ASTNode, ASTNode]);
    for (const [, key] of computedParts) if (key.op !== 'value') visit(key, bound);
    if (bound.has(node.args)) return true;
    const keys = links.map(keyOf);
    const stop = keys.indexOf(null);
    chains.push({
      root: node.args,
      keys: keys.slice(0, stop === -1 ? keys.length : stop).filter((k) => k !== null),
      computed: stop !== -1,
      start: node.start,
      end: node.end,
      whole: top === ast && stop === -1,
      minus,
      has,
    });
    return true;
  };

  const visit = (node: ASTNode, bound: ReadonlySet<string>, minus = false): void => {
    if ((node.op === 'rcall' || node.op === 'call') && node.args[0] === 'matches')
      usesMatches ??= { start: node.start, end: node.end };
    if ((node.op === 'id' || isAccess(node)) && chain(node, bound, minus)) return;
    if (node.op === 'call' && node.args[0] === 'has') {
      const [asked] = node.args[1];
      if (asked && isAccess(asked) && chain(asked, bound, false, { start: node.start, end: node.end }))
        return;
    }
    let inner = bound;
    if (node.op === 'rcall' && MACROS.has(node.args[0])) {
      const [, receiver, args] = node.args;
      visit(receiver, bound);
      const name = args[0];
      if (name?.op === 'id') inner = new Set([...bound, name.args]);
      depth += 1;
      if (depth > deepestMacro) tooDeep ??= { start: node.start, end: node.end };
      for (const arg of args) visit(arg, inner);
      depth -= 1;
      return;
    }
    const walk = (part: unknown): void => {
      if (isNode(part)) visit(part, bound, node.op === '-' && part === node.args[0]);
      else if (Array.isArray(part)) part.forEach(walk);
    };
    walk(node.args);
  };

  visit(ast, new Set());
  return { chains, usesMatches, tooDeep };
};
