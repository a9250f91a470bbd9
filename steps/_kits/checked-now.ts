import { type Finding, StepFailed } from '../../engine/step.ts';

/**
 * The dry run of a read that is made for real. What is not true now is no problem yet: an earlier step may be there to
 * change it. `read` answers what was found.
 */
export const checkedNow = async (read: () => Promise<string>): Promise<readonly Finding[]> => {
  try {
    return [{ level: 'verified', what: await read() }];
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return [error.notYet];
  }
};
