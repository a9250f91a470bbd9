/** The secrets of a run: revealed to the port that needs them, masked everywhere else. */
import { asMasked, type Masked } from '../decide/masked.ts';
import { pointerPart } from '../expr/pointer.ts';
import type { Json } from '../plan.ts';
import type { Secretable } from '../step.ts';
import { createMasker, replacement } from './mask.ts';

export interface MaskedJson {
  readonly value: Json;
  readonly masked: readonly string[];
}

/** What MaskStream gives, as what it is. */
export interface MaskedStream {
  write(chunk: string): Masked;
  end(): Masked;
}

export interface Masking {
  /** The value of a secretable field. Throws on a name that was not resolved: a bug, the loader checks names. */
  reveal(value: Secretable): string;
  text(text: string): Masked;
  /** Every string in it, keys too, and each number that is a secret. */
  json(value: Json): Json;
  /** The same, as text to be shown. */
  shown(value: Json): Masked;
  /** The same, with the JSON pointers of what was changed; of a key, the pointer of its map. */
  record(value: Json): MaskedJson;
  stream(): MaskedStream;
}

/** JSON pointers of text that was masked already, as far as the text shows it. */
export const starred = (value: Json, at = ''): readonly string[] => {
  if (typeof value === 'string') return value.includes(replacement) ? [at] : [];
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => starred(item, `${at}/${i}`));
  const below = Object.entries(value).flatMap(([key, v]) => starred(v, `${at}/${pointerPart(key)}`));
  return Object.keys(value).some((key) => key.includes(replacement)) ? [at, ...below] : below;
};

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

  const scalar = (value: null | boolean | number | string): Json => {
    if (typeof value === 'string') return masker.mask(value);
    // A PIN that a command prints as JSON comes as a number; one that only holds its digits says nothing.
    return typeof value === 'number' && digits.has(String(value)) ? masker.mask(String(value)) : value;
  };

  const walk = (value: Json, at: string, changed: string[]): Json => {
    if (value === null || typeof value !== 'object') {
      const said = scalar(value);
      if (said !== value) changed.push(at);
      return said;
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${at}/${i}`, changed));
    const entries = Object.entries(value).map(([key, v]) => {
      const name = masker.mask(key);
      if (name !== key && changed.at(-1) !== at) changed.push(at);
      return [name, walk(v, `${at}/${pointerPart(name)}`, changed)] as const;
    });
    return Object.fromEntries(entries);
  };

  const record = (value: Json): MaskedJson => {
    if (secrets.size === 0) return { value, masked: [] };
    const masked: string[] = [];
    return { value: walk(value, '', masked), masked };
  };

  const stream = (): MaskedStream => {
    const { write, end } = masker.stream();
    return { write: (chunk) => asMasked(write(chunk)), end: () => asMasked(end()) };
  };

  return {
    reveal,
    text: (text) => asMasked(masker.mask(text)),
    json: (value) => record(value).value,
    shown: (value) => asMasked(JSON.stringify(record(value).value)),
    record,
    stream,
  };
};
