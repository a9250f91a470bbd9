/** What a Go template can call. Values are those of JSON. */

export const isTrue = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
};

/** As it is printed; nothing for what is not there. */
export const text = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map(text).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${text(item)}`).join(' ')}]`;
};

const compare = (a: unknown, b: unknown): number => {
  if (typeof a !== typeof b || (typeof a !== 'string' && typeof a !== 'number'))
    throw new Error('incompatible types for comparison');
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
};

const isEqual = (a: unknown, b: unknown): boolean => {
  if (a == null || b == null) return a == null && b == null;
  if (typeof a === 'object' || typeof b === 'object' || typeof a !== typeof b)
    throw new Error('incompatible types for comparison');
  return a === b;
};

const format = (form: string, values: readonly unknown[]): string => {
  const left = [...values];
  return form.replace(/%([svdq%])/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = left.shift();
    return verb === 'q' ? JSON.stringify(text(value)) : text(value);
  });
};

const length = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new Error('len of what has no length');
};

const at = (value: unknown, key: unknown): unknown => {
  if (Array.isArray(value)) {
    if (typeof key !== 'number' || !(key in value)) throw new Error(`index out of range: ${text(key)}`);
    return value[key];
  }
  if (typeof value === 'object' && value !== null && typeof key === 'string')
    return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  throw new Error('index of what has none');
};

const slice = (value: unknown, from: unknown = 0, to?: unknown): unknown => {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error("can't slice it");
  return value.slice(from as number, to as number | undefined);
};

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** A blank stands between two of which neither is a text. */
const print = (...values: unknown[]): string =>
  values
    .map((value, i) => {
      const apart = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string';
      return (apart ? ' ' : '') + text(value);
    })
    .join('');

const functions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  and: (...values) => values.slice(values.findIndex((value) => !isTrue(value)))[0],
  or: (...values) => values.slice(values.findIndex(isTrue))[0],
  not: (value) => !isTrue(value),
  len: length,
  index: (value, ...keys) => keys.reduce(at, value),
  slice,
  print,
  printf: (form, ...values) => format(text(form), values),
  println: (...values) => `${values.map(text).join(' ')}\n`,
  html: (...values) =>
    values
      .map(text)
      .join('')
      .replace(/[&<>"']/g, (c) => escapes[c] ?? c),
  urlquery: (...values) => encodeURIComponent(values.map(text).join('')).replaceAll('%20', '+'),
  eq: (first, ...others) => others.some((other) => isEqual(first, other)),
  ne: (a, b) => !isEqual(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
};

export const callFunction = (name: string, values: readonly unknown[]): unknown => {
  const found = functions[name];
  if (!found) throw new Error(`function "${name}" not defined`);
  return found(...values);
};
