import { entry } from './entry.ts';
import { choose } from './remedies.ts';

/** RB26x: facts and invariants, which what-if reads. */
export const loadFacts = {
  RB260: entry<{ fact: string; step: string; got: string; expected: string }>({
    exit: 2,
    message: ({ fact, step, got, expected }) =>
      `"${step}" sets the fact "${fact}" to ${got}, but \`facts\` declares it as ${expected}`,
    remedy: () => 'Give a fact values of one type',
  }),
  RB261: entry<{ name: string; value: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name, value }) => `${name} is never ${value}`,
    remedy: ({ near, known }) => choose(near, 'Values', known, 'It has no value'),
  }),
  RB262: entry<{ why: string; remedy: string }>({
    exit: 2,
    message: ({ why }) => why,
    remedy: ({ remedy }) => remedy,
  }),
} as const;
