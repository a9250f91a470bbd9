/** Who is written to, as steps that send mail take it: a few named in the runbook, or the rows of a query. */
import * as z from 'zod';
import type { ReadText, TargetUse, Traits } from '../../../engine/step.ts';

const address = z.string().trim().min(3).describe('Its key in the ledger is the address itself');

/** `kinds`: the databases the query may run on. */
export const recipientsSchema = (what: string) =>
  z
    .union([
      z.strictObject({ list: z.array(address).min(1).max(100).describe('Their addresses') }),
      z.strictObject({
        target: z.string().min(1).describe('The database that knows them'),
        sql: z.string().trim().min(1).meta({ literal: true }).describe(what),
      }),
    ])
    .describe('Who gets a mail: a list, or the rows of a query');

export type RecipientsInput = z.output<ReturnType<typeof recipientsSchema>>;

export const usesOf = (recipients: RecipientsInput, kinds: readonly string[]): readonly TargetUse[] =>
  'target' in recipients ? [{ target: recipients.target, kinds, path: ['recipients', 'target'] }] : [];

export const readsOf = (recipients: RecipientsInput): readonly ReadText[] =>
  'target' in recipients
    ? [{ text: recipients.sql, path: ['recipients', 'sql'], target: recipients.target }]
    : [];

/** So many can be named one by one: a canary, the team. */
const few = 10;

export const tellsUsers = (recipients: RecipientsInput): Traits =>
  'list' in recipients && recipients.list.length <= few ? {} : { tells: 'users' };

/** One of them, as the ledger keeps it. */
export const recipientSchema = z.strictObject({
  email: z.string(),
  /** Further columns of the query, as text. */
  columns: z.record(z.string(), z.string()),
});

export type Recipient = z.output<typeof recipientSchema>;

/** @param expected how many; the expression itself where only the run knows */
export const previewRecipients = (
  recipients: RecipientsInput,
  expected: number | string | undefined,
): string =>
  'list' in recipients
    ? recipients.list.length === 1
      ? (recipients.list[0] ?? '')
      : `${recipients.list.length} addresses`
    : `whom ${recipients.target} lists${expected === undefined ? '' : ` (${expected})`}`;

/** A key that is an address is told in part: `m***@example.test`. */
export const maskedKey = (key: string, email: string): string =>
  key === email || key.includes('@') ? key.replace(/^(.)[^@]*/, '$1***') : key;
