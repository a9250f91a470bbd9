/** Of a call that waits: its read is repeated until a condition is true. */
import * as z from 'zod';
import { timeLimit } from './values.ts';

export const polling = {
  until: z
    .string()
    .min(1)
    .optional()
    .describe(
      'CEL over `result`, the output of this read: it is repeated until this is true. Needs `for`; not on a write',
    ),
  every: timeLimit.optional().meta({
    default: '5s',
    description: 'with `until`: from the end of one read to the start of the next',
  }),
  for: timeLimit
    .optional()
    .describe(
      'with `until`: how long it may take before the step fails, from the start of its first read; a resumed run and a retry wait for the whole time again',
    ),
};
