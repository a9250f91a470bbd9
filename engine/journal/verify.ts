import type { Diagnostic } from '../diagnostic.ts';
import { type Scan, scanJournal } from './scan.ts';

export interface Verified {
  /** `torn`: the last append was cut short or is being written; the next resume cuts it. */
  readonly state: 'ok' | 'torn' | 'bad';
  /** Good lines; a bad one is the next. */
  readonly events: number;
  readonly tornBytes: number;
  /**
   * Hash of the last good line. Compare it with one noted elsewhere: a chain cannot show that its newest lines
   * were removed.
   */
  readonly head: string;
  readonly problem: Diagnostic | null;
}

/** Checks every line of a journal and its chain; changes nothing. Throws RB412 where it cannot be read. */
export const verifyJournal = (path: string): Verified => {
  const { events, tornBytes, head, problem }: Scan = scanJournal(path);
  const state = problem ? 'bad' : tornBytes > 0 ? 'torn' : 'ok';
  return { state, events: events.length, tornBytes, head: head.hash, problem };
};
