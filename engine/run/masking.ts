/** The secrets of a run: revealed to the port that needs them, masked everywhere else. */
import type { Json } from '../plan.ts';
import type { Secretable } from '../step.ts';
import { createMasker, type MaskStream } from './mask.ts';

export interface Masking {
  /** The value of a secretable field. Throws on a name that was not resolved: a bug, the loader checks names. */
  reveal(value: Secretable): string;
  text(text: string): string;
  /** Every string in it, keys too, and each number that is a secret. */
  json(value: Json): Json;
  stream(): MaskStream;
}

/** `secrets` by name; all are armed at once, so that nothing slips out before its first use. */
export const createMasking = (secrets: ReadonlyMap<string, string>): Masking => {
  const masker = createMasker();
  for (const value of secrets.values()) masker.arm(value);
  const digits = new Set([...secrets.values()].map((value) => value.trim()));

  const reveal = (value: Secretable): string => {
    if (typeof value === 'string') return value;
    const text = value.secret
      .map((part) => {
        if (typeof part === 'string') return part;
        const found = secrets.get(part.name);
        if (found === undefined) throw new Error(`secret ${part.name} was not resolved`);
        return found;
      })
      .join('');
    // The composed text too: encoded as a whole, the secret in it looks different.
    if (value.secret.length > 1) masker.arm(text);
    return text;
  };

  const json = (value: Json): Json => {
    if (secrets.size === 0) return value;
    if (typeof value === 'string') return masker.mask(value);
    // A PIN that a command prints as JSON comes as a number; one that only holds its digits says nothing.
    if (typeof value === 'number') return digits.has(String(value)) ? masker.mask(String(value)) : value;
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(json);
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [masker.mask(key), json(v)]));
  };

  return { reveal, text: masker.mask, json, stream: masker.stream };
};
