/** The sections of the file around its steps. */
import * as z from 'zod';
import { duration, line, offset, placeName, timeLimit, valueName } from './values.ts';

export const retry = z.strictObject({
  limit: z.int().min(0).max(1000),
  interval: duration.optional(),
  backoff: z.number().min(1).max(10).optional(),
});

export const onFailure = z.enum(['hold', 'rollback', 'continue']);

export const variable = z.strictObject({
  type: z.enum(['string', 'int', 'bool', 'duration', 'enum']),
  required: z.boolean().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  description: line.optional(),
  values: z.array(z.string()).min(1).optional(),
});
export type Variable = z.output<typeof variable>;

export const secretSource = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
]);

export const timeline = z.strictObject({
  window: z.strictObject({ opens: offset.optional(), hard_stop: offset.optional() }),
});

export const defaults = z.strictObject({
  timeout: timeLimit.optional(),
  kill_grace: duration.optional(),
  retry: retry.optional(),
  on_failure: onFailure.optional(),
  run_on: z.string().optional(),
});
export type Defaults = z.output<typeof defaults>;

export const approver = z.strictObject({ name: line });

export const factValue = z.union([z.string(), z.number(), z.boolean()]);

export const facts = z
  .record(valueName('fact'), factValue)
  .describe('initial values of facts, for `runbook what-if` only: the run itself never reads them');

export const invariant = z.strictObject({
  name: line,
  that: z
    .string()
    .min(1)
    .describe(
      'CEL over `facts`, `run.state` (running, rolling-back, held, succeeded, rolled-back) `run.crossed` (the point of no return) and `run.succeeded` (ids of steps)',
    ),
  when: z.enum(['end', 'always']).optional().meta({
    default: 'end',
    description: 'where a story ends, or after each change of a fact or of the run',
  }),
  message: line.optional().describe('what it means when it is broken'),
});

export const invariants = z
  .array(invariant)
  .min(1)
  .describe('proven by `runbook what-if` over every single fault; the run itself never reads them');

/** All keys except `type` and `via` are checked by the target's kind. */
export const target = z.looseObject({ type: z.string(), via: z.string().optional() });

/** The whole file. Each section is checked separately, so that one error does not hide others. */
export const frame = z.strictObject({
  version: z.literal(1),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'small letters, digits, ".", "-" and "_" were expected')
    .max(80),
  timeline: z.unknown().optional(),
  vars: z.unknown().optional(),
  secrets: z.unknown().optional(),
  targets: z.unknown().optional(),
  approvers: z.unknown().optional(),
  defaults: z.unknown().optional(),
  facts: z.unknown().optional(),
  invariants: z.unknown().optional(),
  steps: z.array(z.unknown()).min(1, 'at least one step was expected'),
});

export const sections = {
  timeline,
  vars: z.record(valueName('var'), variable),
  secrets: z.record(valueName('secret'), secretSource),
  targets: z.record(placeName('target'), target),
  approvers: z.record(placeName('approver'), approver),
  defaults,
  facts,
  invariants,
} as const;
export type SectionName = keyof typeof sections;
