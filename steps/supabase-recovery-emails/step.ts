import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { durationSchema } from '../_kits/duration.ts';
import { rateSchema } from '../_kits/mailing/pace.ts';
import {
  previewRecipients,
  readsOf,
  recipientsSchema,
  tellsUsers,
  usesOf,
} from '../_kits/mailing/recipients.ts';
import { mailingOutput, onUnknownSchema } from '../_kits/mailing/result.ts';
import { isLoopback } from '../_kits/network/loopback.ts';

const webAddress = (what: string) =>
  z.url({ protocol: /^https?$/, message: 'An http or https URL' }).describe(what);

const isPrivate = (text: string): boolean => {
  const url = URL.parse(text);
  return url === null || url.protocol === 'https:' || isLoopback(url.hostname);
};

const follow = z
  .strictObject({
    inbox: webAddress("Of a Mailpit that catches the recipient's mail; its HTTP API is read").refine(
      isPrivate,
      {
        message: 'The mail holds the key to an account: http is for a loopback address only',
      },
    ),
    new_password: secretable.describe('What the account has afterwards'),
    timeout: durationSchema('60s').prefault('60s').describe('Within it the mail has to arrive'),
  })
  .describe('For one recipient: fetch the mail, follow its link to a new password, and log in with it');

const input = z
  .strictObject({
    recipients: recipientsSchema('Columns key (an id that may be shown) and email'),
    expect_count: z
      .int()
      .positive()
      .optional()
      .describe("So many there must be, from the migration's own result; compared before the first mail"),
    redirect_to: webAddress("Where the link leads in the end; has to be on Auth's allow list"),
    rate: rateSchema
      .default({ per_hour: 30, burst: 1 })
      .refine((r) => r.per_second !== undefined || r.per_minute !== undefined || r.per_hour !== undefined, {
        message: 'Give per_second, per_minute or per_hour',
      })
      .describe(
        "Below Auth's own limits: mails an hour (GOTRUE_RATE_LIMIT_EMAIL_SENT) and calls from one address (GOTRUE_RATE_LIMIT_OTP); default 30 an hour, which is Auth's default",
      ),
    follow: follow.optional(),
    on_unknown: onUnknownSchema,
  })
  .refine(({ recipients, expect_count }) => 'list' in recipients || expect_count !== undefined, {
    message: 'Say how many recipients the query has to give',
    path: ['expect_count'],
  })
  .refine(({ recipients, follow }) => !follow || ('list' in recipients && recipients.list.length === 1), {
    message: 'The link of one recipient is followed: give a list of one',
    path: ['follow'],
  });

const output = mailingOutput.extend({
  /** With `follow`: the link led to a new password and to a login with it. */
  completed: z.boolean(),
  /** Where the mailed link points, without its token; null without `follow`. */
  link: z.string().nullable(),
  /** From the call to the mail in the inbox; null without `follow`. */
  arrived_after_seconds: z.number().nullable(),
});

export type RecoveryInput = z.output<typeof input>;
export type RecoveryOutput = z.output<typeof output>;

export const supabaseRecoveryEmails = defineStep({
  type: 'supabase.recovery-emails',
  summary:
    'Sends everybody the mail with which a new password is set, through Auth itself (/recover). A ledger records each recipient: nobody gets two mails, even if the engine dies; what nobody can know is never sent again by itself. There is no undo.',
  input,
  output,
  examples: [
    {
      title: 'A canary before the gate: its link is followed to a login',
      with: {
        recipients: { list: ['canary@trading-journal.example'] },
        redirect_to: 'https://trading-journal.example/auth/recovery',
        follow: {
          inbox: 'https://inbox.example',
          new_password: { secret: [{ name: 'canary_password' }] },
        },
      },
    },
    {
      title: 'Everybody whom the migration brought across',
      with: {
        recipients: {
          target: 'fresh',
          sql: "SELECT m.old_id AS key, u.email FROM migration.id_map m JOIN auth.users u ON u.id = m.new_id WHERE m.entity = 'users' ORDER BY m.old_id",
        },
        expect_count: 620,
        redirect_to: 'https://trading-journal.example/auth/recovery',
        rate: { per_second: 10 },
      },
    },
  ],
  targets: ['supabase'],
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  // It comes to rest between two mails, and the next session goes on there.
  onInterrupt: () => 'rest',
  effects: () => 'write',
  reads: ({ recipients }) => readsOf(recipients),
  uses: ({ recipients }) => usesOf(recipients, ['postgres']),
  traits: ({ recipients }) => tellsUsers(recipients),
  preview: ({ recipients, expect_count, redirect_to, follow }, written) =>
    `recovery mail to ${previewRecipients(recipients, written?.(['expect_count']) ?? expect_count)}, link to ${redirect_to}${follow ? '; then follow it to a login' : ''}`,
});
