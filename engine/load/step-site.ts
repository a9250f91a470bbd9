import type { Path } from '../expr/json-schema.ts';

/** Position of a step in the list. */
export interface StepSite {
  readonly path: Path;
  readonly entry: number;
  /** It is after the point of no return: it is never rolled back. */
  readonly afterLine: boolean;
  /** It stands directly before the point of no return, or directly after it. */
  readonly beside?: 'before' | 'after';
}
