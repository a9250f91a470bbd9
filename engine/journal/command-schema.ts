/** What another terminal may leave in a run's inbox. */
import * as z from 'zod';
import type { Command } from '../decide/decisions.ts';
import type { Agree } from './agree.ts';
import { holdChoice } from './event-schemas.ts';

const person = { user: z.string().min(1), reason: z.string().max(4096), at: z.number() };

export const commandSchema = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('approve'),
    gate: z.string().min(1),
    verdict: z.enum(['go', 'no_go']),
    as: z.string().nullable(),
    unattended: z.boolean(),
    ...person,
  }),
  z.strictObject({
    command: z.literal('check'),
    step: z.string().min(1),
    item: z.string().min(1),
    passed: z.boolean(),
    as: z.string().min(1),
    ...person,
  }),
  z.strictObject({
    command: z.literal('resolve'),
    choice: holdChoice,
    step: z.string().nullable(),
    ...person,
  }),
  z.strictObject({ command: z.literal('skip'), step: z.string().min(1), ...person }),
  z.strictObject({ command: z.literal('roll-back'), ...person }),
]);

true satisfies Agree<z.output<typeof commandSchema>, Command>;
