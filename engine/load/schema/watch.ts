/** A watch and a checklist, as written in the file. */
import * as z from 'zod';
import { onFailure } from './document.ts';
import { check, step, undoAct } from './steps.ts';
import { duration, line, offset, stepId, timeLimit } from './values.ts';

/** One read: neither retried nor polled, since the next measurement is one. */
export const measure = check.omit({ retry: true, message: true, until: true, every: true, for: true });

/** The limit of the act keys (decide/keys.ts). */
export const mostOnTrip = 100;

const condition = z.string().min(1);

export const watch = z.strictObject({
  ...step,
  type: z.literal('watch').describe('repeats a measurement and holds the run after too many bad ones'),
  background: z
    .strictObject({ until: offset.describe('when it ends, counted from T0') })
    .optional()
    .describe('runs beside the steps that follow; without it, the next step waits until the watch ends'),
  with: z
    .strictObject({
      measure: measure.describe(
        'the read to repeat: `type` and `with` of any step type that only reads, `run_on`, `target`, `timeout`',
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
        .describe(
          'CEL over `result`, the measured output. Without a failure_condition, a measurement is bad if this is false',
        ),
      failure_condition: condition
        .optional()
        .describe(
          'CEL over `result`. Without a success_condition, a measurement is good if this is false. With both, a measurement where neither is true is inconclusive. With none, it is good if the read passes and bad if it fails',
        ),
      samples: condition
        .optional()
        .describe('CEL, a whole number: the number of samples in this measurement'),
      min_samples: z.int().min(1).optional().describe('with fewer samples a measurement is inconclusive'),
      no_data: z.enum(['inconclusive', 'failure']).optional().meta({
        default: 'inconclusive',
        description: 'what a measurement without any sample counts as; never good',
      }),
      failure_limit: z
        .int()
        .min(0)
        .optional()
        .meta({ default: 0, description: 'more bad measurements than this trip the watch' }),
      inconclusive_limit: z
        .int()
        .min(0)
        .optional()
        .meta({ default: 0, description: 'more inconclusive measurements than this trip the watch' }),
      consecutive_error_limit: z.int().min(0).optional().meta({
        default: 4,
        description:
          'more consecutive measurements than this that cannot be taken or evaluated trip the watch',
      }),
      pauses: z.boolean().optional().meta({
        default: true,
        description: 'after a trip, running acts that can pause are paused until a person has decided',
      }),
      on_trip: z
        .array(undoAct)
        .max(mostOnTrip)
        .optional()
        .describe(
          'acts to run at each trip; they are never undone, and a failed one does not stop the others',
        ),
    })
    .describe('what is measured, how often, and how many bad measurements are allowed'),
  on_failure: onFailure.optional().describe('after a trip: hold (ask a person), rollback or continue'),
});
export type Watch = z.output<typeof watch>;

export const item = z.strictObject({
  id: stepId.describe('unique in the checklist'),
  say: line.describe('what must be true, in one sentence'),
  check: check.optional().describe('a read that decides the item; without it, a person answers'),
});
export type Item = z.output<typeof item>;

export const checklist = z.strictObject({
  ...step,
  type: z.literal('checklist').describe('items that must all pass'),
  with: z
    .strictObject({
      items: z
        .array(item)
        .min(1)
        .describe('each with `id`, `say` (what must be true) and, if a read decides it, `check`'),
      approvers: z
        .array(z.string())
        .min(1)
        .optional()
        .describe('ids of approvers who may answer; required if a person answers an item'),
      timeout: timeLimit
        .optional()
        .describe(
          "time limit for people's answers; after it, unanswered items count as failed and the run is held",
        ),
    })
    .describe('the items, and who answers them'),
  on_failure: onFailure.optional().describe('if an item failed: hold (ask a person), rollback or continue'),
});
export type Checklist = z.output<typeof checklist>;
