import type { Json } from '../../../engine/plan.ts';

/**
 * A row by column name. Two columns of one name would silently become one: refused, since a comparison
 * built on it would compare the wrong thing.
 */
export const rowOf = (names: readonly string[], values: readonly Json[]): { [column: string]: Json } =>
  Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));

/** Throws where rowOf would lose a column. */
export const assertDistinct = (names: readonly string[]): void => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Error(`two columns are named ${JSON.stringify(twice)}: give one an alias`);
};

/** A number where it is exact, else the digits: an id beyond 2^53 must not change on its way. */
export const exactInteger = (digits: string): number | string => {
  const n = Number(digits);
  return Number.isSafeInteger(n) ? n : digits;
};

/** JSON has no NaN and no infinity. */
export const finite = (n: number): number | string => (Number.isFinite(n) ? n : String(n));
