/** The entries of `steps`. The `with` of an act is checked by its step type. */

import * as z from 'zod';
import type { PlanStep } from '../../plan.ts';
import { factValue, onFailure, retry } from './document.ts';
import { duration, line, offset, stepId, timeLimit, valueName } from './values.ts';

const withInput = z.record(z.string(), z.unknown()).optional();

/** What every call of a step type has. */
const call = {
  type: z.string(),
  run_on: z.string().optional(),
  target: z.string().optional(),
  with: withInput,
  timeout: timeLimit.optional(),
  retry: retry.optional(),
};

/** A precondition or verify: a read. */
export const check = z.strictObject({ ...call, message: line.optional() });
export type Check = z.output<typeof check>;

const checks = z.array(check).optional();

export const undoAct = z.strictObject({ ...call, kill_grace: duration.optional() });

export const rollback = z.strictObject({
  undo: z.union([z.literal('auto'), z.strictObject({ none: line }), z.array(undoAct).min(1)]).optional(),
  preconditions: checks,
  verify: checks,
  expected: duration.optional(),
});
export type Rollback = z.output<typeof rollback>;

export const step = {
  id: stepId,
  name: line.optional(),
  description: z.string().optional(),
  at: offset.optional(),
  expected: duration.optional(),
};

export const act = z.strictObject({
  ...step,
  ...call,
  kill_grace: duration.optional(),
  preconditions: checks,
  verify: checks,
  on_failure: onFailure.optional(),
  rollback: rollback.optional(),
  sets: z
    .record(valueName('fact'), factValue)
    .optional()
    .describe('facts that are true after the act, for `runbook what-if` only; its undo restores them'),
});
export type Act = z.output<typeof act>;

export const gate = z.strictObject({
  ...step,
  type: z.literal('gate'),
  with: z.strictObject({
    require: z.array(z.string()).optional().describe('ids of steps that must have succeeded'),
    criteria: z
      .array(z.string())
      .optional()
      .describe('CEL expressions that must all be true when the gate opens; an error is a no-go'),
    prompt: z
      .string()
      .min(1)
      .optional()
      .describe('the question to the approvers; without it, require and criteria decide alone'),
    approvers: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('ids of approvers who may answer; required with prompt'),
    min_approvals: z
      .int()
      .min(1)
      .optional()
      .meta({ default: 1, description: 'how many approvers must say go; a single no-go is a no-go' }),
    timeout: timeLimit
      .optional()
      .describe('how long the gate waits for an answer; without it there is no limit'),
    on_timeout: z
      .enum(['hold', 'no_go'])
      .optional()
      .meta({ default: 'hold', description: 'what no answer means; never a go' }),
    on_no_go: z
      .enum(['rollback', 'hold'])
      .optional()
      .describe('default rollback; after the point of no return only hold is possible'),
    allow_unattended: z
      .boolean()
      .optional()
      .meta({ default: false, description: '--yes-to-gate may answer go when nobody is present' }),
  }),
});
export type Gate = z.output<typeof gate>;

export const wait = z.strictObject({
  ...step,
  type: z.literal('wait'),
  with: z
    .strictObject({ for: duration.meta({ description: 'how long, from the start of the step' }) })
    .optional(),
});
export type Wait = z.output<typeof wait>;

export const parallel = z.strictObject({ parallel: z.array(z.unknown()).min(1) });

export const pointOfNoReturn = z.strictObject({
  point_of_no_return: z.strictObject({ forward_fix: z.string().min(1), would_lose: check.optional() }),
});
export type Line = z.output<typeof pointOfNoReturn>['point_of_no_return'];

/** Kinds of the core; every other `type` names a step type. */
export const CORE_TYPES = [
  'gate',
  'wait',
  'watch',
  'checklist',
] as const satisfies readonly PlanStep['kind'][];

export type CoreType = (typeof CORE_TYPES)[number];

export const isCore = (type: unknown): type is CoreType => (CORE_TYPES as readonly unknown[]).includes(type);
