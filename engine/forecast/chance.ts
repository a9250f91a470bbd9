/** What finitely many draws say: a share with the interval that it may stand for, and quantiles. */

export interface Chance {
  readonly hits: number;
  readonly of: number;
  /** Of the share, 95 %: what another seed may find. It says nothing of durations that are guessed wrong. */
  readonly low: number;
  readonly high: number;
}

/** Of a normal distribution, two-sided 95 %. */
const z = 1.959_963_985;

/** Wilson's interval: of use also where all draws, or none, are hits. */
export const chanceOf = (hits: number, of: number): Chance => {
  if (of === 0) return { hits, of, low: 0, high: 1 };
  const share = hits / of;
  const mid = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / (1 + z ** 2 / of);
  return { hits, of, low: Math.max(0, mid - half), high: Math.min(1, mid + half) };
};

/** null: fewer draws than that come to it at all. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** Not reached is Infinity. */
export const quantilesOf = (values: Float64Array): Quantiles => {
  const sorted = values.toSorted();
  const at = (share: number): number | null => {
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(found) ? found : null;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
};
