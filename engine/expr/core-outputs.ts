/** Outputs of the kinds of the core; a gate and a wait have none. */
import * as z from 'zod';
import type { PlanStep } from '../plan.ts';

export const coreOutputs = {
  watch: z.strictObject({
    measurements: z.int().describe('number of measurements, including those with an error'),
    successes: z.int(),
    failures: z.int(),
    inconclusive: z.int(),
    errors: z.int(),
    last: z
      .enum(['success', 'failure', 'inconclusive', 'error', 'none'])
      .describe('verdict of the last measurement'),
  }),
  checklist: z.strictObject({
    passed: z.int(),
    failed: z.int().describe('items that failed or have no answer'),
    items: z.record(
      z.string(),
      z.strictObject({
        passed: z.boolean(),
        by: z.string().describe('`check`, the approver who answered, or `nobody`'),
        reason: z.string(),
      }),
    ),
  }),
} as const;

/** null: none of the core's; an act has that of its type. */
const byKind = {
  ...coreOutputs,
  act: null,
  gate: null,
  wait: null,
} satisfies Record<PlanStep['kind'], z.ZodType | null>;

/** `kind`: of a step of the core, or the type of an act. */
export const coreOutputOf = (kind: string): z.ZodType | null =>
  Object.hasOwn(byKind, kind) ? byKind[kind as PlanStep['kind']] : null;
