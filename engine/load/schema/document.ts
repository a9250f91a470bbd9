/** The sections of the file around its steps. */
import * as z from 'zod';
import { lock } from './lock.ts';
import { loop } from './loops.ts';
import { notify } from './notify.ts';
import { duration, line, offset, placeName, targetName, timeLimit, typeName, valueName } from './values.ts';

export const retry = z.strictObject({
  limit: z.int().min(0).max(1000).describe('attempts after the first'),
  interval: duration.optional().describe('before the next attempt; default 5s, 1s for a check'),
  backoff: z.number().min(1).max(10).optional().describe('each interval is this many times the one before'),
});

export const onFailure = z.enum(['hold', 'rollback', 'continue']);

/** Judged by item-types.ts, which says which word of it is wrong. */
const items = z
  .unknown()
  .optional()
  .describe(
    'of a list or a map: what each item is. `string`, `int`, `bool`, `duration`, a list like `[string]`, or a map of field names to these',
  );

export const variable = z.strictObject({
  type: z
    .enum(['string', 'int', 'bool', 'duration', 'enum', 'list', 'map'])
    .describe('what its values are; a map has any keys, and values of one type'),
  items,
  required: z.boolean().optional().describe('it must be given by --vars or --var'),
  default: z.unknown().optional().describe('its value if none is given'),
  description: line.optional().describe('text for the person who gives the value'),
  values: z.array(z.string()).min(1).optional().describe('the possible values of the type enum'),
});
export type Variable = z.output<typeof variable>;

export const secretSource = z.union([
  z.strictObject({ env: z.string().min(1).describe('name of an environment variable') }),
  z.strictObject({ file: z.string().min(1).describe('a file whose content is the secret') }),
  z.strictObject({
    command: z.array(z.string().min(1)).min(1).describe('program and arguments; its output is the secret'),
  }),
]);

export const timeline = z.strictObject({
  window: z
    .strictObject({
      opens: offset.optional().describe('nothing starts before it, counted from T0'),
      hard_stop: offset.optional().describe('by then the run must be over or rolled back, counted from T0'),
    })
    .describe('the maintenance window'),
});

export const defaults = z.strictObject({
  timeout: timeLimit.optional().describe('time limit of each attempt; default 5m'),
  kill_grace: duration.optional().describe('time between SIGTERM and SIGKILL; default 10s'),
  retry: retry.optional().describe('of acts and undo steps, not of checks'),
  on_failure: onFailure.optional().describe('after the last attempt: hold (default), rollback or continue'),
  run_on: z
    .string()
    .optional()
    .describe('where steps execute that name no place of their own: `local` or the name of an ssh target'),
});
export type Defaults = z.output<typeof defaults>;

export const approver = z.strictObject({ name: line.describe('as shown on screen and in the report') });

export const factValue = z.union([z.string(), z.number(), z.boolean()]);

export const facts = z
  .record(valueName('fact'), factValue)
  .describe('initial values of facts, for `runbook what-if` only: the run itself never reads them');

export const invariant = z.strictObject({
  name: line.describe('unique; stories refer to it'),
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

const spanSteps = z.union([z.string(), z.array(z.string()).min(1)]);

export const span = z.strictObject({
  name: line.optional().describe('as shown on screen and in the report; default: its key'),
  from: spanSteps.describe('id of a step, or several: it begins when the first of them starts to act'),
  to: spanSteps.describe('id of a step, or several: it ends when all of them have succeeded'),
  limit: timeLimit.describe('how long it may last'),
  on_breach: z.enum(['hold', 'notify']).optional().meta({
    default: 'hold',
    description:
      'at the limit: hold (running acts continue, no step starts, a person decides) or notify (it is only told)',
  }),
});

/** All keys except `type` and `via` are checked by the target's kind. */
export const target = z.looseObject({
  type: z.string().describe('the kind of target'),
  via: z.string().optional().describe('name of the ssh target that it is reached through'),
  for_each: loop.for_each.describe(
    'a list or a map that is known before the run: a target for each item, with `${{ each.NAME }}` in its name',
  ),
});

/** The whole file. Each section is checked separately, so that one error does not hide others. */
export const frame = z.strictObject({
  version: z.literal(1).describe('of the format of this file'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'small letters, digits, ".", "-" and "_" were expected')
    .max(80)
    .describe('of the runbook; runs and reports carry it'),
  timeline: z.unknown().optional(),
  vars: z.unknown().optional(),
  locals: z.unknown().optional(),
  secrets: z.unknown().optional(),
  targets: z.unknown().optional(),
  approvers: z.unknown().optional(),
  defaults: z.unknown().optional(),
  lock: z.unknown().optional(),
  facts: z.unknown().optional(),
  step_types: z.unknown().optional(),
  invariants: z.unknown().optional(),
  spans: z.unknown().optional(),
  notify: z.unknown().optional(),
  steps: z
    .array(z.unknown())
    .min(1, 'at least one step was expected')
    .describe('in the order in which they run'),
});

export const sections = {
  timeline: timeline.describe('the times of the whole run, counted from T0'),
  vars: z
    .record(valueName('var'), variable)
    .describe('what differs between environments; used as `${{ vars.NAME }}`'),
  locals: z
    .record(valueName('local'), z.unknown())
    .describe('values computed from vars and other locals, before the run; used as `${{ locals.NAME }}`'),
  secrets: z
    .record(valueName('secret'), secretSource)
    .describe('where secrets come from; used as `${{ secrets.NAME }}`, never stored'),
  targets: z
    .record(targetName, target)
    .describe('places where steps execute (ssh), and services that they act on'),
  approvers: z.record(placeName('approver'), approver).describe('who may answer gates and checklists'),
  defaults: defaults.describe('for all steps that do not say otherwise'),
  lock,
  facts,
  invariants,
  step_types: z
    .record(typeName, z.string().min(1))
    .describe(
      'own step types by name: a template (./types/x.yaml), a module (./types/x, or a .js, .mjs or .ts file), or an npm package (npm:NAME or npm:NAME#TYPE)',
    ),
  spans: z
    .record(placeName('span'), span)
    .describe('times that must not be longer than a limit, such as how long a service is read-only'),
  notify: z
    .array(notify)
    .min(1)
    .describe('messages about the run while it goes on: to whom, and at which events'),
} as const;
export type SectionName = keyof typeof sections;
