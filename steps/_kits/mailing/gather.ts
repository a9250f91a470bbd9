/** Reads the list of recipients and judges it as a whole, before any of them is written to. */
import type { Json } from '../../../engine/plan.ts';
import { type ActContext, type Finding, type LedgerItem, StepFailed } from '../../../engine/step.ts';
import type { SqlClient } from '../sql/client.ts';
import { unsentRead } from '../sql/doubtful.ts';
import { withSession } from '../sql/session.ts';
import { notRead } from '../sql/statement.ts';
import { maskedKey, type Recipient, type RecipientsInput } from './recipients.ts';

/** The list cannot be mailed as it is: nobody has been written to. No address in the text: it is journaled. */
export const listRefused = (what: string, remedy: string): StepFailed =>
  new StepFailed(what, { effect: 'none', remedy });

export type Listed = LedgerItem<Recipient>;

/** Throws StepFailed; what the database throws is passed on. */
export const gather = async (
  ctx: ActContext,
  recipients: RecipientsInput,
  expected: number | undefined,
  database: () => Promise<SqlClient>,
): Promise<readonly Listed[]> => {
  const listed =
    'list' in recipients
      ? recipients.list.map((email) => ({ key: email, value: { email, columns: {} } }))
      : (await rowsOf(ctx, await database(), recipients.sql)).map(fromRow);
  if (expected !== undefined && listed.length !== expected)
    throw listRefused(
      `${listed.length} recipients where ${expected} are expected; nobody was written to`,
      "Find out who is missing or too many: the query, or the migration's own count",
    );
  refuseFaults(listed);
  return listed;
};

/** Why a dry run does not read the list; null: `gather` may read it, and says what is wrong with the query. */
export const unsentList = async (
  ctx: ActContext,
  recipients: RecipientsInput,
  database: () => Promise<SqlClient>,
): Promise<Finding | null> => {
  if ('list' in recipients) return null;
  const client = await database();
  const refused = await notRead(client.judge, recipients.sql, false);
  if (refused) return null;
  const unsent = await unsentRead(client, ctx, recipients.sql);
  return unsent && { ...unsent, what: `the list of recipients: ${unsent.what}` };
};

const rowsOf = async (ctx: ActContext, client: SqlClient, sql: string) => {
  const refused = await notRead(client.judge, sql, false);
  if (refused) throw listRefused(refused.what, refused.remedy);
  return withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(sql);
    return rows;
  });
};

const fromRow = (row: { readonly [column: string]: Json }, i: number): Listed => {
  if (!('email' in row))
    throw listRefused('the query gives no column "email"', 'SELECT ... AS key, ... AS email');
  const { email, key, ...rest } = row;
  const columns = Object.entries(rest).map(([name, value]) => [name, text(value)]);
  return {
    key: text(key ?? email) || `row ${i + 1}`,
    value: { email: text(email).trim(), columns: Object.fromEntries(columns) },
  };
};

const text = (value: Json): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Enough to keep a header and an SMTP command in one piece; whether it exists only its server knows. */
const plausible = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/;

const refuseFaults = (listed: readonly Listed[]): void => {
  const empty = listed.filter(({ value }) => value.email === '');
  if (empty.length > 0)
    throw listRefused(`${named(empty)} without an address`, 'Fix the rows, or leave them out of the query');
  const odd = listed.filter(({ value }) => !plausible.test(value.email));
  if (odd.length > 0)
    throw listRefused(`${named(odd)} with what is no mail address`, 'Fix the rows, or leave them out');
  twice(listed, ({ value }) => value.email.toLowerCase(), 'share an address');
  twice(listed, ({ key }) => key, 'share a key');
};

/** Auth folds the case of an address: two such rows are one user, who would be written to twice. */
const twice = (listed: readonly Listed[], by: (item: Listed) => string, what: string): void => {
  const groups = Map.groupBy(listed, by);
  const shared = [...groups.values()].filter((group) => group.length > 1).flat();
  if (shared.length > 0)
    throw listRefused(`${named(shared)} ${what}`, 'Each recipient may be in the list once: fix the query');
};

const shown = 10;

export const named = (listed: readonly Listed[]): string => {
  const keys = listed.slice(0, shown).map(({ key, value }) => maskedKey(key, value.email));
  const more = listed.length > shown ? ` and ${listed.length - shown} more` : '';
  return `${listed.length} recipient${listed.length === 1 ? '' : 's'} (${keys.join(', ')}${more})`;
};
