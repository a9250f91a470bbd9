import * as z from 'zod';
import { placeName, timeLimit } from './values.ts';

export const lock = z
  .strictObject({
    name: placeName('lock').describe(
      'one for all runs that must not act at the same time, also of other runbooks; may hold `${{ vars.x }}`',
    ),
    run_on: z
      .string()
      .optional()
      .describe(
        'the place where it lies: `local` (then it counts on this machine only) or the name of an ssh target; default `defaults.run_on`, then local. Runs see it if they have the same user there, or the same `state_dir`',
      ),
    ttl: timeLimit.optional().meta({
      default: '15m',
      description:
        'after this time without a sign of life of a running engine, another run may take the lock over. A held run, and one whose engine was stopped, keeps it without a limit',
    }),
  })
  .describe('taken before the run starts anything, kept while it is held, given back when it has ended');
export type Lock = z.output<typeof lock>;
