/** What a query step does over any SqlClient. */
import type { ActContext, Outcome, Probed } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { type SqlClient, SqlError, type SqlParam, type SqlSession } from './client.ts';
import { expectationFaults } from './expectations.ts';
import { endLeftRunning, isLeftRunning, marked } from './left-running.ts';
import type { QueryInput, QueryOutput } from './query-input.ts';
import { refusalOf } from './refusal.ts';
import { SessionEnded, withSession } from './session.ts';

type Failed = Extract<Outcome<never>, { done: false }>;

/** Syntax, privileges, data that does not fit, broken constraints: the same statement fails again. */
const lasting = new Set(['22', '23', '42', '44']);

export const paramsOf = (ctx: ActContext, { params }: QueryInput): SqlParam[] =>
  params.map((value) => (typeof value === 'object' && value !== null ? ctx.reveal(value) : value));

export const said = (error: SqlError): string => `the server refused: ${error.message} (${error.code})`;

const refused = (error: SqlError, { effects }: QueryInput, effect: Failed['effect']): Failed => {
  const { remedy } = refusalOf(error);
  return {
    done: false,
    effect,
    // A read may be polled until a table exists; a write that was refused for good would be refused again.
    retryable: effects === 'read' || !lasting.has(error.sqlState.slice(0, 2)),
    short: said(error),
    ...(remedy && { remedy }),
    cause: error,
  };
};

const attempt = async (
  ctx: ActContext,
  input: QueryInput,
  session: SqlSession,
  rollsBack: boolean,
  onCommit: () => void,
): Promise<Outcome<QueryOutput>> => {
  const write = input.effects === 'write';
  const takenBack = async () => ((await session.rollback()) && rollsBack) || !write;
  let result: Awaited<ReturnType<SqlSession['query']>>;
  try {
    const sql = write ? marked(ctx, input.sql) : input.sql;
    result = await session.query(sql, paramsOf(ctx, input), input.max_rows);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return refused(error, input, (await takenBack()) ? 'none' : 'unknown');
  }
  const faults = expectationFaults(input.expect, result);
  if (faults.length > 0) {
    const effect = (await takenBack()) ? 'none' : 'some';
    const what = write && effect === 'none' ? `${faults.join('; ')}; rolled back` : faults.join('; ');
    return { done: false, effect, retryable: true, short: what };
  }
  if (write) {
    onCommit();
    await session.commit();
  } else await session.rollback();
  const { rows, rowCount, affectedRows } = result;
  return { done: true, output: { rows: [...rows], row_count: rowCount, affected_rows: affectedRows } };
};

/** What is known of the world after the session broke off. */
const brokenOff = (
  error: unknown,
  input: QueryInput,
  known: { readonly rollsBack: boolean; readonly committing: boolean },
): Failed => {
  const short = error instanceof Error ? error.message : String(error);
  if (error instanceof TargetError)
    return { done: false, effect: 'none', retryable: error.retry, short, remedy: error.remedy, cause: error };
  // The server answered the COMMIT with a refusal: it has rolled back.
  if (error instanceof SqlError) return refused(error, input, 'none');
  // Without a COMMIT nothing stays, once the server has seen that the session is over.
  const nothing = input.effects === 'read' || (known.rollsBack && !known.committing);
  return {
    done: false,
    effect: nothing ? 'none' : 'unknown',
    retryable: true,
    short,
    // A read that goes on there changes nothing: it is read again.
    ...(error instanceof SessionEnded && !error.proven && input.effects === 'write' && { living: true }),
    cause: error,
  };
};

export const run = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Outcome<QueryOutput>> => {
  const known = { rollsBack: client.rollsBack(input.sql), committing: false };
  try {
    return await withSession(client, input.effects, ctx, (session) =>
      attempt(ctx, input, session, known.rollsBack, () => {
        known.committing = true;
      }),
    );
  } catch (error) {
    return brokenOff(error, input, known);
  }
};

export const happened = async (client: SqlClient, ctx: ActContext, sql: string): Promise<boolean> =>
  withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(sql, [], 1);
    const value = Object.values(rows[0] ?? {})[0];
    return (
      value !== undefined && value !== null && value !== false && value !== 0 && value !== '' && value !== '0'
    );
  });

export const probe = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Probed<QueryOutput>> => {
  if (input.effects === 'read') return { state: 'not-done' };
  if (await isLeftRunning(client, ctx)) return { state: 'unknown', why: 'the server is still at it' };
  if (input.probe === undefined)
    return { state: 'unknown', why: 'the step has no probe to ask the database' };
  if (!(await happened(client, ctx, input.probe))) return { state: 'not-done' };
  return { state: 'done', output: { rows: [], row_count: 0, affected_rows: null } };
};

/** What an earlier engine left at work; a read leaves nothing behind. */
export const end = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<boolean> =>
  input.effects === 'read' || endLeftRunning(client, ctx);
