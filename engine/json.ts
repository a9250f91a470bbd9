/** The one parser of JSON that others wrote: commands, servers, databases. */
import type { Json } from './plan.ts';

/** Real documents are far below it; schemas, masking and expressions walk values recursively. */
export const maxJsonDepth = 100;

export class ForeignJsonError extends Error {
  override readonly name = 'ForeignJsonError';
}

/**
 * Throws ForeignJsonError, one line, `it is ...`, without a word of the text: where it is not JSON, is nested deeper
 * than `maxJsonDepth`, or has a key `__proto__`, which means something else to JavaScript. An integer that a number
 * cannot hold exactly stays as its digits, a string: an order must not become the one beside it.
 */
export const parseForeignJson = (text: string): Json => {
  // Before it is parsed: the reviver below is called recursively.
  if (isTooDeep(text)) throw new ForeignJsonError(`it is nested deeper than ${maxJsonDepth} levels`);
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown) as Json;
  } catch (error) {
    if (error instanceof ForeignJsonError) throw error;
    throw new ForeignJsonError('it is not JSON');
  }
};

/** What forbids that the value goes into the journal; null: nothing. Not recursive. */
export const jsonFault = (value: unknown, limit = maxJsonDepth): string | null => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return `is nested deeper than ${limit} levels`;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (Object.hasOwn(item, '__proto__')) return 'has a key "__proto__"';
      for (const inner of Object.values(item)) next.push(inner);
    }
    level = next;
  }
  return null;
};

const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) quoted = false;
    } else if (c === QUOTE) quoted = true;
    else if (c === OPEN_LIST || c === OPEN_MAP) {
      depth++;
      if (depth > maxJsonDepth) return true;
    } else if (c === CLOSE_LIST || c === CLOSE_MAP) depth--;
  }
  return false;
};

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

const revive = (key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (key === '__proto__') throw new ForeignJsonError('it has a key "__proto__"');
  const source = context?.source;
  return typeof value !== 'number' || source === undefined || keepsItsDigits(value, source) ? value : source;
};

/** Whether the number says what its text says, but for digits behind the point. */
const keepsItsDigits = (value: number, source: string): boolean => {
  if (!Number.isFinite(value)) return false;
  const whole = /^-?\d+(?=\.\d+$|$)/.exec(source)?.[0];
  if (whole !== undefined) {
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER && BigInt(Math.trunc(value)) === BigInt(whole);
  }
  // With an exponent: a magnitude, unless it spells out more digits than a number has.
  const digits = source.replace(/[eE].*$/, '').replace(/\D/g, '');
  return Number.isSafeInteger(value) || !Number.isInteger(value) || digits.length <= 15;
};
