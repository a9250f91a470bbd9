import { type Finding, StepFailed } from '../../engine/step.ts';

/**
 * The dry run of a read that is made for real. What is not true now is no problem yet: an earlier step may be there to
 * change it.
 */
export const checkedNow = async <O>(
  read: Promise<O>,
  said: (output: O) => string,
): Promise<readonly Finding[]> => {
  try {
    const output = await read;
    return [{ level: 'verified', what: said(output), answered: { done: true, output } }];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return [{ ...error.notYet, answered: error.outcome }];
  }
};
