/** A step type whose code is not run: its steps are what is written of them, and its files are known. */
import * as z from 'zod';
import { type AnyStepType, defineStep, withActs } from '../../step.ts';

export const declaredType = (type: string, files: readonly string[]): AnyStepType =>
  withActs(
    defineStep({
      type,
      summary: 'An own step type that is a module. Its code was not run to read this.',
      input: z.looseObject({}),
      output: z.json(),
      examples: [],
      places: ['local', 'ssh'],
      onUnknown: 'ask',
      undoes: true,
      effects: () => 'write',
      files: () => files,
      preview: (input) => `${type} ${JSON.stringify(input)}`,
    }),
    async () => {
      throw new Error(`engine bug: the code of the step type ${type} was not to be run`);
    },
  );
