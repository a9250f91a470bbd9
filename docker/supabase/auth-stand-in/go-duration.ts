/** Durations as Go reads them: `1m30s`, `1.5h`, `-2ms`, and a bare `0`. No days, no blanks, no bare number. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds; null: none. */
export const parseGoDuration = (text: string): number | null => {
  const [, sign = '', bare = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (bare === '0') return 0;
  let ms = 0;
  part.lastIndex = 0;
  while (part.lastIndex < bare.length) {
    const found = part.exec(bare);
    if (!found) return null;
    ms += Number(found[1]) * (unitMs[found[2] ?? ''] ?? 0);
  }
  if (bare === '') return null;
  return sign === '-' ? -ms : ms;
};
