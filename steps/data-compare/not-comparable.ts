import { StepFailed } from '../../engine/step.ts';

/** The two sides as they are now cannot be compared as declared: that is neither equal nor different. */
export const notComparable = (what: string, remedy: string): StepFailed =>
  new StepFailed(what, { effect: 'none', retryable: true, remedy });
