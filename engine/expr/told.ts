import type { Json } from '../plan.ts';
import { runEnvironment } from './environment.ts';
import { findReferences } from './references.ts';

/**
 * Of a value, the fields that expressions read of it under the name `root`: what a person has to see to follow
 * them. All of it where one reads it whole, or none reads it at all. The expressions were checked at load.
 */
export const toldBy = (root: string, exprs: readonly string[], value: Json): Json => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const chains = exprs
    .flatMap((expr) => findReferences(runEnvironment().parse(expr).ast).chains)
    .filter((chain) => chain.root === root);
  const names = chains.map(({ keys }) => keys[0]?.name ?? null);
  if (names.length === 0 || names.includes(null)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => names.includes(key)));
};
