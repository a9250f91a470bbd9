/** Loops and groups: written out before the rest of the file is judged. */
import * as z from 'zod';
import { stepId } from './values.ts';
import { when } from './when.ts';

export const loop = {
  for_each: z
    .union([z.array(z.unknown()).min(1), z.record(z.string(), z.unknown()), z.string().regex(/\$\{\{/)])
    .optional()
    .describe(
      'a list or a map that is known before the run: the step is there once for each item, as `ID[KEY]`; `each` is the item, or `each.key` and `each.value` of a map',
    ),
  key: z
    .union([z.string(), z.number()])
    .optional()
    .describe(
      'names an item in ids and on screen: `"${{ each.name }}"`. Default: the item itself where it is a text or a number, or the key of the map',
    ),
  mode: z
    .enum(['serial', 'parallel'])
    .optional()
    .describe('one item after the other (default), or all at the same time (default inside `parallel`)'),
  batch: z
    .int()
    .min(1)
    .optional()
    .describe('with mode parallel: so many items at the same time, then the next'),
};

/** Without `for_each` they mean nothing. */
export const loopKeys = ['key', 'mode', 'batch'] as const satisfies readonly (keyof typeof loop)[];

export const group = z.strictObject({
  id: stepId.describe('unique in the runbook; the ids of its steps are `ID/STEP`'),
  description: z.string().optional().describe('text for the reader; the run does not use it'),
  when,
  ...loop,
  group: z
    .array(z.unknown())
    .min(1)
    .describe('steps that run in order; inside `parallel`, beside the other branches'),
});
