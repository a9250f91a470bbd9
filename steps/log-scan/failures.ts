/** Why the lines of a log could not be read, or not all of them. */
import { StepFailed } from '../../engine/step.ts';
import { longestLine } from './scripts.ts';

/** A read that did not come to an end says nothing of the lines: those that were counted are not all. */
const unanswered = { effect: 'none', noAnswer: true } as const;

/** A file that is to be read and cannot be. */
export const unreadable = (what: string): StepFailed =>
  new StepFailed(what, {
    ...unanswered,
    retryable: true,
    remedy: 'Check the path and the rights, or say optional: true',
  });

/**
 * Lines since the position cannot be read any more: whatever is counted would be too few. A class of its own, since a
 * rotation that is under way looks the same: one more look tells.
 */
export class Lost extends StepFailed {
  constructor(what: string) {
    const remedy = 'Look for the lines by hand, in the rotated files; then begin again from a new mark';
    super(what, { ...unanswered, remedy });
  }
}

/** A line that is not looked at as a whole: what stands in its rest would be missed in silence. */
export const tooLong = (): StepFailed =>
  new StepFailed(`a line is longer than ${longestLine / 1024 / 1024} MiB and cannot be judged`, {
    ...unanswered,
    remedy: 'Look at the log by hand from the position on',
  });

export const tooSlow = (pattern: string, ms: number): StepFailed =>
  new StepFailed(`the pattern /${pattern}/ takes more than ${ms / 1000} s on a line`, {
    ...unanswered,
    remedy: 'Write it without nested or adjacent repetitions',
  });
