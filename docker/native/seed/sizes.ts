/** How much is seeded: two variables give a rehearsal at production size. */
import { LabError } from '../lab-error.ts';

export interface Sizes {
  readonly users: number;
  readonly trades: number;
}

const smallest = 12;

const read = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (!text) return fallback;
  const n = Number(text);
  if (!Number.isInteger(n) || n < smallest)
    throw new LabError(`${name}=${text} is no size`, `Give a whole number of at least ${smallest}`);
  return n;
};

export const seedSizes = (): Sizes => ({ users: read('SEED_USERS', 60), trades: read('SEED_TRADES', 3_000) });
