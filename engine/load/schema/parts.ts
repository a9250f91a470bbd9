/** Parts: steps in a file of their own, used by one or several runbooks. */
import * as z from 'zod';
import { variable } from './document.ts';
import { loop } from './loops.ts';
import { stepId, valueName } from './values.ts';

/** An entry of `steps`. */
export const use = z.strictObject({
  uses: z
    .string()
    .min(1)
    .describe('the file of the part, relative to the folder of the runbook and inside of it'),
  id: stepId.describe('unique in the runbook; the ids of the steps of the part are `ID/STEP`'),
  description: z.string().optional().describe('text for the reader; the run does not use it'),
  ...loop,
  with: z.record(z.string(), z.unknown()).optional().describe('values of the inputs of the part, by name'),
});

/** The file of a part. */
export const part = z.strictObject({
  description: z.string().optional().describe('text for the reader; the run does not use it'),
  inputs: z
    .unknown()
    .optional()
    .describe('all that the part knows of the runbook, declared like vars; used as `${{ inputs.NAME }}`'),
  steps: z
    .array(z.unknown())
    .min(1, 'at least one step was expected')
    .describe('in the order in which they run'),
  outputs: z
    .record(valueName('output'), z.string().min(1))
    .optional()
    .describe("CEL over the steps of the part; the runbook reads one as `steps['ID'].output.NAME`"),
});

export const inputs = z.record(valueName('input'), variable);
