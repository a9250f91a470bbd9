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

/** The key of the first map in `value` that would be read as one of ours; null: none. */
export const markerIn = (value: Json): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  if (isMarker(value)) return Object.keys(value)[0] ?? null;
  for (const inner of Object.values(value)) {
    const found = markerIn(inner);
    if (found !== null) return found;
  }
  return null;
};
