/** The three marked objects of plan.ts. */
import type { Json } from '../plan.ts';

const single = (value: Json, key: string): Json | undefined => {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.keys(value).length === 1 ? (value as { [key: string]: Json })[key] : undefined;
};

export const isSecretMarker = (value: Json): boolean => Array.isArray(single(value, 'secret'));

/** Only known in the run. */
export const isDeferred = (value: Json): boolean =>
  typeof single(value, '$expr') === 'string' || Array.isArray(single(value, '$template'));

export const isMarker = (value: Json): boolean => isSecretMarker(value) || isDeferred(value);
