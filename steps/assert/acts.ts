import { type StepActs, StepFailed } from '../../engine/step.ts';
import { type AssertInput, type AssertOutput, claimsOf } from './step.ts';

const broken = (input: AssertInput): readonly string[] =>
  claimsOf(input)
    .filter(({ that }) => !that)
    .map(({ message }) => message);

export const acts: StepActs<AssertInput, AssertOutput, unknown> = {
  async check(_ctx, input) {
    return broken(input).length === 0
      ? [{ level: 'verified', what: 'holds' }]
      : broken(input).map((what) => ({ level: 'problem', what }));
  },

  async run(_ctx, input) {
    const messages = broken(input);
    if (messages.length === 0) return { done: true, output: {} };
    throw new StepFailed(messages.join('; '), { effect: 'none' });
  },

  async probe() {
    return { state: 'not-done' };
  },
};
