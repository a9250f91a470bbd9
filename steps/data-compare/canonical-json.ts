/** JSON in one form: keys in order, the last of two equal ones, numbers by value and not by spelling. Pure. */

/** Digits without an exponent, a point only where it is needed; what is no such number stays as it is written. */
export const plainNumber = (source: string): string => {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source);
  if (parts === null) return source;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  if (Math.abs(shift) > 5_000) return source;
  const digits = `${whole}${fraction}`;
  const point = whole.length + shift;
  const padded = point <= 0 ? `${'0'.repeat(1 - point)}${digits}` : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at).replace(/0+$/, '');
  const number = rest === '' ? integer : `${integer}.${rest}`;
  return number === '0' ? '0' : `${sign}${number}`;
};

const written = (value: unknown): string => {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${written(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value);
};

class JsonNumber {
  readonly text: string;
  constructor(source: string) {
    this.text = plainNumber(source);
  }
}

/** null: it is no JSON. */
export const canonicalJson = (text: string): string | null => {
  try {
    // A float would take 9007199254740993 for the number beside it: the digits themselves are compared.
    const exact = (_: string, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && context?.source !== undefined ? new JsonNumber(context.source) : value;
    return written(JSON.parse(text, exact as (key: string, value: unknown) => unknown));
  } catch {
    return null;
  }
};
