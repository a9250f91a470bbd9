/** What the contract suite needs of each step type: `tests/steps/<type>/fixture.ts` exports `setUp: SetUp`. */
import type { ActContext } from '../../engine/step.ts';
import type { LabInfo } from '../support/lab.ts';
import type { Place } from '../support/place.ts';

export interface StepWorld {
  /** As written in a runbook, for a step that will succeed. */
  readonly with: Record<string, unknown>;
  readonly ctx: ActContext;
  /** What the step changes: compared before, after its check, and after its undo. */
  image(): Promise<unknown>;
}

/** A real world that the step has not touched yet, on the place it is to run on. */
export type SetUp = (lab: LabInfo, place: Place) => Promise<StepWorld>;
