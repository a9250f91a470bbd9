import type { LeftOut } from '../../plan.ts';

export interface LeftOutStep extends LeftOut {
  readonly type: string;
  readonly inLane: boolean;
}

/** Shared by the whole expansion. */
export interface LeftOutSteps {
  readonly steps: LeftOutStep[];
  /** Id of the step that was placed last. */
  last: string | null;
  /** A `when` was decided: the list is not what is written. */
  decided: boolean;
}
