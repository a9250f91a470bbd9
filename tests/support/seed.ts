/**
 * One seed for all that is random in a test run: the first process chooses it, its workers find it in their
 * environment, and `RUNBOOK_SEED=N npm test` repeats it. CI always repeats one, so that a submission is not refused
 * for another's luck.
 */
const inCi = 19_491;

const given = (): number | null => {
  const text = process.env.RUNBOOK_SEED;
  if (text === undefined || text === '') return null;
  if (!/^-?\d+$/.test(text)) throw new Error(`RUNBOOK_SEED: ${text} is not a whole number`);
  return Number(text);
};

export const seed = given() ?? (process.env.CI ? inCi : Date.now() % 100_000);

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export const seeded = (from: number): (() => number) => {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
