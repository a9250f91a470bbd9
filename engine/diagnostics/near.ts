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
