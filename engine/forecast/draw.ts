/** Random durations: the same for the same seed, on every machine. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Known } from './durations.ts';

export interface Draw {
  /** ms; never below what has passed already. */
  ms(known: Known, passedMs?: number): number;
}

/** Tries to find a value above what has passed, before the rest is guessed from what has passed. */
const mostTries = 32;

export const drawing = (seed: number): Draw => {
  const generator = xoroshiro128plus(seed);
  /** Box-Muller makes two of them. */
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const found = spare;
      spare = null;
      return found;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    const angle = 2 * Math.PI * uniformFloat64(generator);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const once = ({ values, sigma, leastMs, mostMs }: Known): number => {
    const [only = 0] = values;
    const value =
      values.length > 1 ? (values[Math.floor(uniformFloat64(generator) * values.length)] ?? only) : only;
    const ms = sigma === 0 ? value : Math.round(value * Math.exp(sigma * normal()));
    return Math.max(leastMs, Math.min(mostMs, ms));
  };
  return {
    ms(known, passedMs = 0) {
      for (let i = 0; i < mostTries; i++) {
        const ms = once(known);
        if (ms >= passedMs || known.from === 'fixed') return ms;
      }
      // It has taken longer than anything that is known: how much longer it takes is in proportion to that.
      return Math.round(passedMs * Math.exp(known.sigma * Math.abs(normal())));
    },
  };
};
