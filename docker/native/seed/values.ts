/** What the seeded rows are made of: the same on every machine, with what breaks careless copies. */
export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

/** Emoji, other scripts, quotes, tabs, both kinds of line end, trailing blanks, length; the empty note is not NULL. */
export const notes = [
  'Entered late, exited on plan 📈',
  'Réveillé trop tôt, « revenge trade » évité 🧘‍♀️',
  'It\'s a "textbook" pull-back\nsecond line\twith a tab',
  'バックスラッシュ \\ and a semicolon; and -- a comment',
  'Premier point\r\nSecond point  \r\n\r\nFin avec des blancs   ',
  `${'Contexte : range, volume faible, VWAP plat. '.repeat(40)}\n`,
  '',
  null,
];

/** Wall clocks that a time zone skips, repeats or turns into another day; all of them are UTC here. */
export const edgeInstants = [
  '2025-03-30 02:30:00.000',
  '2025-10-26 02:30:00.000',
  '2025-03-09 02:30:00.000',
  '2025-11-02 01:30:00.000',
  '2025-12-31 23:59:59.999',
  '2024-02-29 00:00:00.000',
];

/** What old versions of the app wrote for "never", when MySQL still took it. */
export const zeroDate = '0000-00-00 00:00:00.000';

export type Random = (below: number) => number;

/** Lehmer's generator: small, and the same on every machine. */
export const generator = (seed: number): Random => {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};

/** 25 characters, as long as Prisma's. */
export const cuid = (table: string, n: number): string =>
  `c${table}${String(n).padStart(24 - table.length, '0')}`;
export const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;

const start = Date.UTC(2025, 0, 6, 14, 30);
const written = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
export const instant = (minutes: number): string => written(start + minutes * 60_000);

/** `2025-01-06 14:30:00.000`, some minutes later. */
export const later = (at: string, minutes: number): string =>
  written(Date.parse(`${at.replace(' ', 'T')}Z`) + minutes * 60_000);

export const made = (minutes: number): Row => ({
  createdAt: instant(minutes),
  updatedAt: instant(minutes + 5),
});

/** One table's rows, made one by one: 200,000 of them never stand in memory. */
export function* times(n: number, make: (i: number) => Row): Generator<Row> {
  for (let i = 0; i < n; i++) yield make(i);
}

/** Decimal text of a number of 1/100,000,000: no float comes near it. */
export const decimal8 = (units: number): string =>
  `${Math.trunc(units / 1e8)}.${String(units % 1e8).padStart(8, '0')}`;
export const cents = (n: number): string => (n / 100).toFixed(2);
