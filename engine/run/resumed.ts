import { resumeChoice } from '../decide/answer.ts';
import type { Command } from '../decide/decisions.ts';
import type { RunState } from '../decide/state.ts';

/** What `resume` alone means for the hold; empty: a person has to choose, or it is not held. */
export const resumed = ({ hold }: RunState, user: string, at: number): readonly Command[] => {
  const choice = hold && resumeChoice(hold.cause);
  return choice ? [{ command: 'resolve', choice, step: null, user, reason: 'resumed', at }] : [];
};
