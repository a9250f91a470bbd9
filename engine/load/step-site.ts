import type { Path } from '../expr/json-schema.ts';

/** Where a step stands in the list. */
export interface StepSite {
  readonly path: Path;
  readonly entry: number;
  /** It stands after the point of no return: no rollback ever comes here. */
  readonly afterLine: boolean;
}
