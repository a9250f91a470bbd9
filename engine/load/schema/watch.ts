/** A watch and a checklist, as they stand in the file. */
import * as z from 'zod';
import { onFailure } from './document.ts';
import { check, step, undoAct } from './steps.ts';
import { duration, line, offset, stepId, timeLimit } from './values.ts';

/** One read: no retry, since the next measurement is one. */
export const measure = check.omit({ retry: true, message: true });

/** As many as the core has places for in one trip (decide/keys.ts). */
export const mostOnTrip = 100;

const condition = z.string().min(1);

export const watch = z.strictObject({
  ...step,
  type: z.literal('watch'),
  background: z
    .strictObject({ until: offset.describe('when it ends, counted from T0') })
    .optional()
    .describe('runs beside the steps that follow; without it the list waits for its end'),
  with: z.strictObject({
    measure: measure.describe(
      'the read that is taken again and again: `type` and `with` of any step type that only reads, `run_on`, `target`, `timeout`',
    ),
    interval: timeLimit.describe('from the end of one measurement to the next'),
    count: z
      .int()
      .min(1)
      .optional()
      .describe('how many measurements it takes; required without background.until'),
    initial_delay: duration.optional().describe('before the first measurement'),
    success_condition: condition
      .optional()
      .describe('CEL over `result`, the measured output; alone given, a measurement fails where it is false'),
    failure_condition: condition
      .optional()
      .describe(
        'CEL; alone given, a measurement succeeds where it is false. With both given and neither true it is inconclusive; with none, a read that holds is a success and one that does not a failure',
      ),
    samples: condition.optional().describe('CEL, a whole number: how much the measurement rests on'),
    min_samples: z.int().min(1).optional().describe('with fewer samples a measurement is inconclusive'),
    no_data: z
      .enum(['inconclusive', 'failure'])
      .optional()
      .meta({ default: 'inconclusive', description: 'what no samples at all mean; never a success' }),
    failure_limit: z
      .int()
      .min(0)
      .optional()
      .meta({ default: 0, description: 'more failed measurements than this trip the watch' }),
    inconclusive_limit: z
      .int()
      .min(0)
      .optional()
      .meta({ default: 0, description: 'more inconclusive ones than this trip it' }),
    consecutive_error_limit: z.int().min(0).optional().meta({
      default: 4,
      description: 'more measurements in a row than this that cannot be taken, or judged, trip it',
    }),
    pauses: z.boolean().optional().meta({
      default: true,
      description: 'on a trip, acts of the list that can be paused come to rest until people have decided',
    }),
    on_trip: z
      .array(undoAct)
      .max(mostOnTrip)
      .optional()
      .describe('acts carried out at each trip; never undone, and none that fails holds anything up'),
  }),
  on_failure: onFailure.optional(),
});
export type Watch = z.output<typeof watch>;

export const item = z.strictObject({
  id: stepId,
  say: line.describe('what has to be so, in a sentence'),
  check: check.optional().describe('a read that decides the item; without it a person does'),
});
export type Item = z.output<typeof item>;

export const checklist = z.strictObject({
  ...step,
  type: z.literal('checklist'),
  with: z.strictObject({
    items: z
      .array(item)
      .min(1)
      .describe('each with `id`, `say` (what has to be so) and, where a read decides it, `check`'),
    approvers: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('ids of approvers who may answer; required where a person decides an item'),
    timeout: timeLimit
      .optional()
      .describe('how long people may take; then the run holds. What is not answered has not passed'),
  }),
  on_failure: onFailure.optional(),
});
export type Checklist = z.output<typeof checklist>;
