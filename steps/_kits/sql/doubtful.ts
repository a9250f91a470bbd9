/** Reads that a dry run does not send, because more than a read may come of them. */
import type { ActContext, Finding } from '../../../engine/step.ts';
import type { SqlClient } from './client.ts';
import { withSession } from './session.ts';
import type { Used } from './statement.ts';

/** Names, for people; empty: it only reads, as far as the server can tell. Throws SqlError, as the read would. */
export const doubtfulIn = (client: SqlClient, ctx: ActContext, used: Used): Promise<readonly string[]> =>
  withSession(client, 'read', ctx, (session) => client.unproven(session, used));

export const notSent = (doubtful: readonly string[]): string =>
  `not sent in a dry run: ${doubtful.join(', ')} may do more than read`;

/** Of a text that `notRead` has let through: why a dry run does not send it; null: it is sent. */
export const unsentRead = async (
  client: SqlClient,
  ctx: ActContext,
  sql: string,
): Promise<Finding | null> => {
  const judged = await client.judge(sql);
  if (judged.is !== 'read')
    return { level: 'unchecked', what: 'not sent in a dry run: its parser does not know the statement' };
  const doubtful = await doubtfulIn(client, ctx, judged);
  return doubtful.length === 0 ? null : { level: 'unchecked', what: notSent(doubtful) };
};
