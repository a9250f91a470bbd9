/** How far apart two canonical texts may be. Exact: no number here is ever a float. Pure. */
import parseDuration from 'parse-duration';

export type Tolerance =
  | { readonly of: 'number'; readonly digits: bigint; readonly scale: number }
  | { readonly of: 'instant'; readonly micros: bigint };

const number = /^(-?)(\d+)(?:\.(\d+))?$/;

/** `1.50` is 150 hundredths; null: no plain number. */
const decimal = (text: string): { digits: bigint; scale: number } | null => {
  const [, sign, whole, fraction = ''] = number.exec(text) ?? [];
  if (whole === undefined) return null;
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
};

/** From the longest unit to the shortest, each once. The parser skips what it does not know, and takes `1M` and `0x10s`. */
const duration =
  /^(?=\d)(?:\d{1,9}d *)?(?:\d{1,9}h *)?(?:\d{1,9}m *)?(?:\d{1,9}(?:\.\d{1,6})?s *)?(?:\d{1,9}ms *)?(?:\d{1,9}(?:us|µs))?(?<! )$/;

/** null: neither a number nor a duration, or a negative one. */
export const toleranceOf = (text: string): Tolerance | null => {
  const plain = decimal(text);
  if (plain) return plain.digits < 0n ? null : { of: 'number', ...plain };
  const ms = duration.test(text) ? parseDuration(text) : null;
  return ms === null ? null : { of: 'instant', micros: BigInt(Math.round(ms * 1000)) };
};

const instant = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** Microseconds since 1970; null: infinity, a zero date, a year that ISO has no four digits for. */
const micros = (text: string): bigint | null => {
  const [, y, mo, d, h, mi, s, fraction = ''] = instant.exec(text) ?? [];
  if (y === undefined) return null;
  const seconds = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)) / 1000;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  if (whole !== text.slice(0, 19)) return null;
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
};

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

export const isWithin = (tolerance: Tolerance, a: string, b: string): boolean => {
  if (tolerance.of === 'instant') {
    const [x, y] = [micros(a), micros(b)];
    return x !== null && y !== null && distance(x, y) <= tolerance.micros;
  }
  const [x, y] = [decimal(a), decimal(b)];
  if (!x || !y) return false;
  const scale = Math.max(x.scale, y.scale, tolerance.scale);
  const at = (n: { digits: bigint; scale: number }) => n.digits * 10n ** BigInt(scale - n.scale);
  return distance(at(x), at(y)) <= at(tolerance);
};
