import type { Json } from '../../../engine/plan.ts';
import { StepFailed } from '../../../engine/step.ts';

export const rowOf = (names: readonly string[], values: readonly Json[]): { [column: string]: Json } =>
  Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));

export const isDistinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** Two columns of one name would silently become one, and a comparison built on it would compare the wrong thing. */
export const ambiguousColumns = (names: readonly string[]): StepFailed => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  // The statement has been carried out: only the holder of the session knows whether it was rolled back.
  return new StepFailed(`two columns are named ${JSON.stringify(twice)}`, {
    effect: 'unknown',
    retryable: true,
    remedy: 'Give one of them an alias',
  });
};

/** A number where it is exact, else the digits: an id beyond 2^53 must not change on its way. */
export const exactInteger = (digits: string): number | string => {
  const n = Number(digits);
  return Number.isSafeInteger(n) ? n : digits;
};

/** JSON has no NaN and no infinity. */
export const finite = (n: number): number | string => (Number.isFinite(n) ? n : String(n));
