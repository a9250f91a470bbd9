import * as z from 'zod';
import { defineStep, secretable } from '../../engine/step.ts';
import { webhookShapes } from '../../engine/tell.ts';

const address = z
  .string()
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'An address such as oncall@example.org')
  .describe('A mail address, without a name');

const webhook = z.strictObject({
  url: secretable.describe('https, or http to this machine; anyone who has it can post, so it is a secret'),
  format: z
    .enum(webhookShapes)
    .default('json')
    .describe(
      'json: id, run, step, text and fields. teams: an Adaptive Card for a workflow. Nobody is mentioned',
    ),
  ca_file: z.string().min(1).optional().describe('Trust this CA (PEM, beside the runbook) and no other'),
});

const mail = z.strictObject({
  through: z.string().min(1).describe('The name of an smtp target'),
  to: z.array(address).min(1).max(50).describe('Who gets it'),
  subject: z
    .string()
    .regex(/^[^\p{Cc}]{1,200}$/u, 'One line of at most 200 characters')
    .describe('Its subject'),
});

const input = z
  .strictObject({
    webhook: webhook.optional().describe('Posts to an address'),
    mail: mail.optional().describe('Sends a mail instead'),
    text: z.string().min(1).max(4000).describe('The message'),
    fields: z
      .record(z.string().min(1).max(100), z.union([z.string().max(2000), z.number(), z.boolean()]))
      .default({})
      .describe('Shown below the text, a line each'),
  })
  .refine((w) => (w.webhook === undefined) !== (w.mail === undefined), {
    message: 'Give either webhook or mail: each is a notification of its own',
    path: ['text'],
  });

const output = z.strictObject({
  /** What the webhook answered; null: a mail, or learned later that it had gone out. */
  status: z.int().nullable(),
  delivered: z.literal(true),
});

export type NotifyInput = z.output<typeof input>;
export type NotifyOutput = z.output<typeof output>;
export type Webhook = z.output<typeof webhook>;
export type Mail = z.output<typeof mail>;

/** A secret by its name; of an address written out only whom it belongs to, since its path is the secret. */
const shownUrl = (url: Webhook['url']): string => {
  if (typeof url === 'string') return `${URL.parse(url)?.origin ?? 'a webhook'}/...`;
  return url.secret.map((part) => (typeof part === 'string' ? '...' : `[${part.name}]`)).join('');
};

export const notify = defineStep({
  type: 'notify',
  summary:
    'Tells people: posts to a webhook (plain JSON, Slack, Teams, Discord or Mattermost) or sends a mail. Where it cannot be known whether the message got through it is sent once more, with the same id: a second page is harmless, a missing one is not.',
  input,
  output,
  examples: [
    {
      title: 'Page the person on call',
      with: {
        webhook: { url: { secret: [{ name: 'oncall_webhook' }] }, format: 'slack' },
        text: 'The new shop is open',
        fields: { release: '2.0.0' },
      },
    },
    {
      title: 'Mail the team',
      with: {
        mail: { through: 'mailer', to: ['team@example.org'], subject: 'Cutover: the site is open' },
        text: 'The new shop is open',
      },
    },
  ],
  places: ['local'],
  evidence: 'target',
  // The same id goes with every attempt, and a page at 3 am must not wait for somebody to answer a question.
  onUnknown: 'rerun',
  effects: () => 'write',
  files: ({ webhook: hook }) => (hook?.ca_file === undefined ? [] : [hook.ca_file]),
  uses: (w) =>
    w.mail === undefined ? [] : [{ target: w.mail.through, kinds: ['smtp'], path: ['mail', 'through'] }],
  traits: () => ({ tells: 'team' }),
  preview: ({ webhook: hook, mail: letter, text }, written) => {
    const line = (written?.(['text']) ?? text).split('\n', 1)[0] ?? '';
    const shown = line.length > 80 ? `${line.slice(0, 77)}...` : line;
    if (letter) return `mail ${letter.to.join(', ')}: ${shown}`;
    return `POST ${hook ? shownUrl(hook.url) : ''}: ${shown}`;
  },
});
