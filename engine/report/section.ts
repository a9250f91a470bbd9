import type { Block } from './markdown.ts';
import type { ReportedRun } from './reported-run.ts';

/** One part of a report: its facts are plain JSON, and its Markdown is made of nothing else. */
export interface Section {
  readonly title: string;
  tell(run: ReportedRun): Told;
}

export interface Told {
  readonly facts: unknown;
  /** Empty: nothing of the kind happened. */
  readonly blocks: readonly Block[];
}

export const section = <F>(
  title: string,
  factsOf: (run: ReportedRun) => F,
  markdownOf: (facts: F) => readonly Block[],
): Section => ({
  title,
  tell(run) {
    const facts = factsOf(run);
    return { facts, blocks: markdownOf(facts).filter((block) => block.length > 0) };
  },
});
