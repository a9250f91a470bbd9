/** What the contract suite needs of each step type: `tests/steps/<type>/fixture.ts` exports `setUp: SetUp`. */
import type { World } from '../../steps/testing/suite.ts';
import type { LabInfo } from '../support/lab.ts';
import type { Place } from '../support/place.ts';

export type StepWorld = World;

/** A real world that the step has not touched yet, on the place it is to run on. */
export type SetUp = (lab: LabInfo, place: Place) => Promise<StepWorld>;
