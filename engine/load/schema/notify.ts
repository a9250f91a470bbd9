/** `notify` of a whole run. */
import * as z from 'zod';
import { secretable } from '../../step.ts';
import { webhookShapes } from '../../tell.ts';
import { line } from './values.ts';

const webhook = z.strictObject({
  url: secretable.describe('`${{ secrets.NAME }}`: anyone who has the address can post there'),
  shape: z.enum(webhookShapes).describe('what the receiver takes; teams: an Adaptive Card for a workflow'),
  ca_file: z.string().min(1).optional().describe('trust this CA (PEM, beside the runbook) and no other'),
});

const mail = z.strictObject({
  through: z.string().min(1).describe('name of an smtp target'),
  to: z
    .array(
      z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'an address such as oncall@example.org was expected'),
    )
    .min(1)
    .max(50)
    .describe('who gets it'),
  subject: line.max(200).optional().describe('default: the first line of the message'),
});

export const notify = z
  .strictObject({
    name: line.max(80).optional().describe('of the place, as shown on screen and in the report'),
    on: z
      .array(z.string())
      .min(1)
      .describe(
        'at what a message is sent: start, hold, gate, rollback, line, trip, breach, end, and ids of steps (their start and end)',
      ),
    webhook: webhook.optional().describe('posts to an address'),
    mail: mail.optional().describe('sends a mail'),
  })
  .refine((given) => (given.webhook === undefined) !== (given.mail === undefined), {
    message: 'either webhook or mail was expected: each is an entry of its own',
  });
export type Notify = z.output<typeof notify>;
