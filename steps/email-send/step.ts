import * as z from 'zod';
import { defineStep } from '../../engine/step.ts';
import { rateSchema } from '../_kits/mailing/pace.ts';
import {
  previewRecipients,
  readsOf,
  recipientsSchema,
  tellsUsers,
  usesOf,
} from '../_kits/mailing/recipients.ts';
import { mailingOutput, onUnknownSchema } from '../_kits/mailing/result.ts';

const template = z.string().min(1);
const file = z.string().min(1);

const input = z
  .strictObject({
    recipients: recipientsSchema(
      'Columns key (an id that may be shown), email, and those that the texts name',
    ),
    expect_count: z
      .int()
      .positive()
      .optional()
      .describe('So many there must be; compared before the first mail'),
    from: z.string().min(3).optional().describe("Default: the target's"),
    subject: template.describe('{{ column }} stands for what the query gives'),
    text: template.optional().describe('The mail as plain text'),
    text_file: file.optional().describe('Beside the runbook'),
    html: template.optional().describe('What stands for a column is escaped'),
    html_file: file.optional().describe('Beside the runbook'),
    values: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, 'A name, such as slot'), z.union([z.string(), z.number()]))
      .default({})
      .describe('For {{ name }}, the same in every mail; a column of that name comes first'),
    headers: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/), z.string().regex(/^[^\r\n]*$/))
      .default({})
      .describe('Further headers of each mail'),
    rate: rateSchema
      .default({ per_minute: 60, burst: 1 })
      .refine((r) => r.per_second !== undefined || r.per_minute !== undefined || r.per_hour !== undefined, {
        message: 'Give per_second, per_minute or per_hour',
      })
      .describe('Default 60 a minute'),
    on_unknown: onUnknownSchema,
  })
  .refine(({ text, text_file }) => (text === undefined) !== (text_file === undefined), {
    message: 'Give either text or text_file: a mail without plain text looks like spam',
    path: ['text'],
  })
  .refine(({ html, html_file }) => html === undefined || html_file === undefined, {
    message: 'Give html or html_file',
    path: ['html'],
  });

export type EmailSendInput = z.output<typeof input>;
export type EmailSendOutput = z.output<typeof mailingOutput>;

export const emailSend = defineStep({
  type: 'email.send',
  summary:
    'Sends one mail to each recipient over SMTP. A ledger records each recipient: nobody gets two mails, even if the engine dies; what nobody can know is never sent again by itself. There is no undo.',
  input,
  output: mailingOutput,
  examples: [
    {
      title: 'Tell everybody when maintenance begins',
      with: {
        recipients: { target: 'legacy', sql: 'SELECT id AS key, email, name FROM User ORDER BY id' },
        expect_count: 620,
        subject: 'Maintenance ce soir à {{ hour }}',
        text: 'Bonjour {{ name }},\n\nTrading Journal sera fermé à partir de {{ hour }}.\n',
        values: { hour: '23 h' },
        rate: { per_minute: 300 },
      },
    },
    {
      title: 'Tell the team that the new site is open',
      with: {
        recipients: { list: ['team@trading-journal.example'] },
        subject: 'Trading Journal is open again',
        text_file: './mails/open.txt',
      },
    },
  ],
  targets: ['smtp'],
  places: ['local'],
  evidence: 'target',
  onUnknown: 'ask',
  onInterrupt: () => 'rest',
  effects: () => 'write',
  files: ({ text_file, html_file }) => [text_file, html_file].filter((path) => path !== undefined),
  reads: ({ recipients }) => readsOf(recipients),
  uses: ({ recipients }) => usesOf(recipients, ['mysql', 'postgres']),
  traits: ({ recipients }) => tellsUsers(recipients),
  preview: ({ recipients, expect_count, subject }) =>
    `mail "${subject.replaceAll(/\s+/g, ' ')}" to ${previewRecipients(recipients, expect_count)}`,
});
