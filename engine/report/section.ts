import type { Block } from './markdown.ts';
import type { Night } from './night.ts';

/** One part of a report: its facts are plain JSON, and its Markdown is made of nothing else. */
export interface Section {
  readonly title: string;
  tell(night: Night): Told;
}

export interface Told {
  readonly facts: unknown;
  /** Empty: nothing of the kind happened. */
  readonly blocks: readonly Block[];
}

export const section = <F>(
  title: string,
  factsOf: (night: Night) => F,
  markdownOf: (facts: F) => readonly Block[],
): Section => ({
  title,
  tell(night) {
    const facts = factsOf(night);
    return { facts, blocks: markdownOf(facts).filter((block) => block.length > 0) };
  },
});
