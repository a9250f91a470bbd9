import type { Json } from '../plan.ts';
import { runEnvironment } from './environment.ts';
import { findReferences, type Key } from './references.ts';

export interface Leaf {
  /** As an expression names it, without its root: `rows[0].lag`. Empty: the value as a whole. */
  readonly path: string;
  readonly value: Json;
}

const written = (keys: readonly Key[], source: string): string =>
  keys
    .map(({ name, start, end }) => (name === null ? `[${source.slice(start, end)}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');

/** undefined: it is not there. */
const valueAt = (value: Json, keys: readonly Key[], source: string): Json | undefined =>
  keys.reduce<Json | undefined>((at, { name, start, end }) => {
    if (at === undefined || at === null || typeof at !== 'object') return undefined;
    return (at as { readonly [key: string]: Json })[name ?? source.slice(start, end)];
  }, value);

/** The values that an expression reads of `value`, which it knows by the name `root`. What is not there is left out. */
export const leavesOf = (root: string, expr: string, value: Json): readonly Leaf[] => {
  const chains = findReferences(runEnvironment().parse(expr).ast).chains.filter((c) => c.root === root);
  const found = new Map<string, Leaf>();
  for (const { keys } of chains) {
    const path = written(keys, expr);
    const at = valueAt(value, keys, expr);
    if (at !== undefined) found.set(path, { path, value: at });
  }
  return [...found.values()];
};
