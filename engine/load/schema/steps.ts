/** The entries of `steps`. The `with` of an act is checked by its step type. */

import * as z from 'zod';
import type { PlanStep } from '../../plan.ts';
import { factValue, onFailure, retry } from './document.ts';
import { loop } from './loops.ts';
import { polling } from './polling.ts';
import { duration, line, offset, stepId, timeLimit, valueName } from './values.ts';
import { when } from './when.ts';

const withInput = z.record(z.string(), z.unknown()).optional();

/** What every call of a step type has. */
const call = {
  type: z.string().describe('the step type; `runbook steps` lists them all'),
  run_on: z
    .string()
    .optional()
    .describe(
      'where it executes: `local` or the name of an ssh target; default `defaults.run_on`, then local',
    ),
  target: z.string().optional().describe('name of the target that it acts on, for types that need one'),
  with: withInput.describe('the input of the step type; `runbook steps TYPE` explains it'),
  timeout: timeLimit
    .optional()
    .describe('time limit of each attempt, with `until` of each read; default `defaults.timeout`, then 5m'),
  retry: retry.optional().describe('how often a failure that changed nothing is tried again'),
  ...polling,
};

/** A precondition or verify: a read. */
export const check = z.strictObject({
  ...call,
  message: line.optional().describe('what it means when this check fails'),
});
export type Check = z.output<typeof check>;

const checks = z.array(check).optional();

const killGrace = duration
  .optional()
  .describe(
    'time between SIGTERM and SIGKILL when its process is ended; default `defaults.kill_grace`, then 10s',
  );

export const undoAct = z.strictObject({ ...call, kill_grace: killGrace });

export const rollback = z.strictObject({
  undo: z
    .union([
      z.literal('auto'),
      z.strictObject({ none: line.describe('why there is no undo') }),
      z.array(undoAct).min(1),
    ])
    .optional()
    .describe("`auto` (the step type's own undo), steps of your own in order, or `none` with the reason"),
  preconditions: checks.describe('reads that must be true before the undo'),
  verify: checks.describe('reads that must be true after the undo'),
  expected: duration.optional().describe('planned duration of the undo'),
});
export type Rollback = z.output<typeof rollback>;

export const step = {
  id: stepId.describe('unique in the runbook; expressions and gates refer to it'),
  name: line.optional().describe('title on screen and in the report; default: the id'),
  description: z.string().optional().describe('text for the reader; the run does not use it'),
  at: offset
    .optional()
    .describe(
      'planned start, counted from T0: `T-30m`, `T0`, `T+1h30m`. Default: right after the step before',
    ),
  expected: duration.optional().describe('planned duration: `30s`, `5m`, `1h30m`'),
  ...loop,
  when,
};

export const act = z.strictObject({
  ...step,
  ...call,
  kill_grace: killGrace,
  preconditions: checks.describe('reads that must be true before the act'),
  verify: checks.describe(
    'reads that must be true after the act; repeated until they are, the act itself is not',
  ),
  on_failure: onFailure
    .optional()
    .describe(
      'after the last attempt: hold (ask a person), rollback or continue; default `defaults.on_failure`',
    ),
  rollback: rollback.optional().describe('how the step is undone; default: auto'),
  sets: z
    .record(valueName('fact'), factValue)
    .optional()
    .describe('facts that are true after the act, for `runbook what-if` only; its undo restores them'),
});
export type Act = z.output<typeof act>;

export const gate = z.strictObject({
  ...step,
  type: z.literal('gate').describe('a go/no-go decision'),
  with: z
    .strictObject({
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
    })
    .describe('who and what decides'),
});
export type Gate = z.output<typeof gate>;

export const wait = z.strictObject({
  ...step,
  type: z.literal('wait').describe('waits until its `at`, for a time after its start, or both'),
  with: z
    .strictObject({ for: duration.meta({ description: 'how long, from the start of the step' }) })
    .optional()
    .describe('how long; without it, the step waits for its `at` only'),
});
export type Wait = z.output<typeof wait>;

export const parallel = z.strictObject({
  parallel: z
    .array(z.unknown())
    .min(1)
    .describe('acts that run at the same time; the list continues when all have ended'),
});

export const pointOfNoReturn = z.strictObject({
  point_of_no_return: z
    .strictObject({
      forward_fix: z
        .string()
        .min(1)
        .describe('file with the instructions that replace a rollback; relative to the runbook'),
      would_lose: check
        .optional()
        .describe('a read that is shown when a rollback is refused: what the rollback would lose'),
    })
    .describe('from the start of the next act nothing is rolled back; a gate must be directly before it'),
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
