import { distance } from 'fastest-levenshtein';

/** The candidate an operator most likely meant; null where none is close enough to be more help than noise. */
export const nearest = (word: string, candidates: Iterable<string>): string | null => {
  let best: string | null = null;
  // A third of the word may be wrong, and at least a transposition.
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance && d < Math.min(word.length, candidate.length))
      [best, bestDistance] = [candidate, d];
  }
  return best;
};

/** Of codes like RB701 the one with the nearest number, since neighbours are of one kind; null: no number is given. */
export const nearestCode = (given: string, codes: readonly string[]): string | null => {
  const digits = /\d{1,3}/.exec(given)?.[0];
  if (digits === undefined) return null;
  const numberOf = (code: string) => Number(code.replace(/\D/g, ''));
  // `RB70` is the beginning of RB700.
  const wanted = Number(digits.padEnd(3, '0'));
  return codes.reduce<string | null>(
    (best, code) =>
      best === null || Math.abs(numberOf(code) - wanted) < Math.abs(numberOf(best) - wanted) ? code : best,
    null,
  );
};
