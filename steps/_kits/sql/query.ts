/** What a query step does over any SqlClient. */
import type { ActContext, Outcome, Probed } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { type Alone, endSessionsOf, lockOf, onceOver, patienceMs } from './act-lock.ts';
import { LockHeld, type SqlClient, SqlError, type SqlParam, type SqlSession } from './client.ts';
import { expectationFaults } from './expectations.ts';
import { isLeftRunning, marked } from './left-running.ts';
import type { QueryInput, QueryOutput } from './query-input.ts';
import { refusalOf } from './refusal.ts';
import { AmbiguousColumns } from './row.ts';
import { SessionEnded, withSession } from './session.ts';
import { notRead, type Refused } from './statement.ts';

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

/** How far a session got. */
interface Known {
  readonly rollsBack: boolean;
  asked: boolean;
  committing: boolean;
  /** After a COMMIT that the server has refused: whether nothing stays. */
  takenBack: boolean;
}

const attempt = async (
  ctx: ActContext,
  input: QueryInput,
  session: SqlSession,
  known: Known,
): Promise<Outcome<QueryOutput>> => {
  const write = input.effects === 'write';
  const takenBack = async () => ((await session.rollback()) && known.rollsBack) || !write;
  let result: Awaited<ReturnType<SqlSession['query']>>;
  try {
    const sql = write ? marked(ctx, input.sql) : input.sql;
    const params = paramsOf(ctx, input);
    known.asked = true;
    result = await session.query(sql, params, input.max_rows);
  } catch (error) {
    if (error instanceof SqlError) return refused(error, input, (await takenBack()) ? 'none' : 'unknown');
    if (error instanceof AmbiguousColumns) return ambiguous(error, (await takenBack()) ? 'none' : 'unknown');
    throw error;
  }
  const faults = expectationFaults(input.expect, result);
  if (faults.length > 0) {
    const effect = (await takenBack()) ? 'none' : 'some';
    const what = write && effect === 'none' ? `${faults.join('; ')}; rolled back` : faults.join('; ');
    return { done: false, effect, retryable: true, short: what };
  }
  if (write) {
    known.committing = true;
    await session.commit().catch(async (error: unknown) => {
      if (error instanceof SqlError) known.takenBack = await takenBack();
      throw error;
    });
  } else await session.rollback();
  const { rows, rowCount, affectedRows } = result;
  return { done: true, output: { rows: [...rows], row_count: rowCount, affected_rows: affectedRows } };
};

const ambiguous = (error: AmbiguousColumns, effect: Failed['effect']): Failed => ({
  done: false,
  effect,
  retryable: true,
  short: error.message,
  cause: error,
});

/**
 * Until the act's own time is up, when what is still there is ended: a session whose connection broke ends by itself
 * once the server has seen it, which may take hours.
 */
const whenOver = async (
  client: SqlClient,
  ctx: ActContext,
  ask: (session: SqlSession) => Promise<Answer>,
): Promise<Alone<Answer>> => {
  const answer = await onceOver(client, ctx, ask, { waitMs: Number.POSITIVE_INFINITY });
  if (answer.over || !ctx.signal.aborted) return answer;
  const unhurried = { ...ctx, signal: AbortSignal.timeout(ctx.killGraceMs) };
  return (await endSessionsOf(client, unhurried)) ? { over: true, value: 'unasked' } : answer;
};

const isOver = (client: SqlClient, ctx: ActContext): Promise<Alone<Answer>> =>
  whenOver(client, ctx, async () => 'unasked').catch((error: unknown) => ({
    over: false,
    why: error instanceof Error ? error.message : String(error),
  }));

/** What is known of the world after the session broke off. */
const brokenOff = async (
  client: SqlClient,
  ctx: ActContext,
  error: unknown,
  input: QueryInput,
  known: Known,
): Promise<Failed> => {
  const short = error instanceof Error ? error.message : String(error);
  const failure = { done: false, retryable: true, short, cause: error } as const;
  if (error instanceof TargetError)
    return { ...failure, effect: 'none', retryable: error.retry, remedy: error.remedy };
  // The server answered the COMMIT with a refusal: it has rolled back what it can.
  if (error instanceof SqlError)
    return refused(error, input, known.takenBack || !known.committing ? 'none' : 'some');
  // A read that goes on there changes nothing: it is read again.
  if (input.effects === 'read') return { ...failure, effect: 'none' };
  if (!known.asked) return { ...failure, effect: 'none', ...(isUnproven(error) && { living: true }) };
  // Without a COMMIT nothing stays, once the server no longer knows the session.
  if (error instanceof SessionEnded)
    return {
      ...failure,
      effect: error.proven && known.rollsBack && !known.committing ? 'none' : 'unknown',
      ...(!error.proven && { living: true }),
    };
  // The server need not have seen that we are gone, and may be at the COMMIT: no probe may come before it is over.
  const seen = await isOver(client, ctx);
  if (seen.over) return { ...failure, effect: 'unknown' };
  return { ...failure, effect: 'unknown', short: `${short}; ${seen.why}`, living: true };
};

const isUnproven = (error: unknown): boolean => error instanceof SessionEnded && !error.proven;

const runOnce = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Outcome<QueryOutput> | LockHeld> => {
  const known = { rollsBack: client.rollsBack(input.sql), asked: false, committing: false, takenBack: false };
  try {
    return await withSession(
      client,
      input.effects,
      ctx,
      (session) => attempt(ctx, input, session, known),
      input.effects === 'write' ? lockOf(ctx) : undefined,
    );
  } catch (error) {
    return error instanceof LockHeld ? error : brokenOff(client, ctx, error, input, known);
  }
};

/** An earlier session of the act was taken for over, and is not: only its end tells whether this attempt is needed. */
const afterEarlier = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Outcome<QueryOutput>> => {
  const failure = { done: false, effect: 'unknown', retryable: true } as const;
  let answer: Alone<Answer>;
  try {
    answer = await whenOver(client, ctx, askProbe(client, ctx, input));
  } catch (error) {
    const short = error instanceof SqlError ? `the probe: ${said(error)}` : String(error);
    return { ...failure, short, living: !(error instanceof SqlError), cause: error };
  }
  if (!answer.over) return { ...failure, short: answer.why, living: true };
  if (answer.value === 'at work') return { ...failure, short: 'the server is still at it', living: true };
  if (answer.value === 'yes') return { done: true, output: unseen };
  if (answer.value === 'unasked')
    return { ...failure, short: 'an earlier session of this act has only just ended' };
  if (typeof answer.value === 'object') {
    const { what, remedy } = answer.value.refused;
    return { ...failure, retryable: false, short: unsent(what), remedy };
  }
  const outcome = await runOnce(client, ctx, input);
  if (!(outcome instanceof LockHeld)) return outcome;
  return { ...failure, short: 'another session of this act began meanwhile', living: true };
};

export const run = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Outcome<QueryOutput>> => {
  const refusal = input.effects === 'read' ? await notRead(client.judge, input.sql, input.trust_read) : null;
  if (refusal)
    return { done: false, effect: 'none', retryable: false, short: refusal.what, remedy: refusal.remedy };
  const outcome = await runOnce(client, ctx, input);
  return outcome instanceof LockHeld ? afterEarlier(client, ctx, input) : outcome;
};

const isTrue = async (session: SqlSession, sql: string): Promise<boolean> => {
  const { rows } = await session.query(sql, [], 1);
  const value = Object.values(rows[0] ?? {})[0];
  return (
    value !== undefined && value !== null && value !== false && value !== 0 && value !== '' && value !== '0'
  );
};

export const happened = async (client: SqlClient, ctx: ActContext, sql: string): Promise<boolean> =>
  withSession(client, 'read', ctx, (session) => isTrue(session, sql));

/**
 * `unasked`: the step has no probe. `at work`: a session gave the lock back by itself and goes on. `refused`: the probe
 * is no read, so it was not sent; a value of this run may have made it one.
 */
type Answer = 'yes' | 'no' | 'unasked' | 'at work' | { readonly refused: Refused };

const askProbe =
  (client: SqlClient, ctx: ActContext, { probe: sql, trust_read }: QueryInput) =>
  async (session: SqlSession): Promise<Answer> => {
    if (await isLeftRunning(client, ctx)) return 'at work';
    if (sql === undefined) return 'unasked';
    const refusal = await notRead(client.judge, sql, trust_read);
    if (refusal) return { refused: refusal };
    return (await isTrue(session, sql)) ? 'yes' : 'no';
  };

const unsent = (what: string): string => `the probe cannot tell, it was not sent: ${what}`;

/** Nobody was there to see what it answered. */
const unseen: QueryOutput = { rows: [], row_count: 0, affected_rows: null };

export const probe = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<Probed<QueryOutput>> => {
  if (input.effects === 'read') return { state: 'not-done' };
  const answer = await onceOver(client, ctx, askProbe(client, ctx, input), { waitMs: patienceMs });
  if (!answer.over) return { state: 'unknown', why: answer.why };
  if (answer.value === 'at work') return { state: 'unknown', why: 'the server is still at it' };
  if (answer.value === 'unasked')
    return { state: 'unknown', why: 'the step has no probe to ask the database' };
  if (typeof answer.value === 'object') return { state: 'unknown', why: unsent(answer.value.refused.what) };
  return answer.value === 'no' ? { state: 'not-done' } : { state: 'done', output: unseen };
};

/** What an earlier engine left at work; a read leaves nothing behind. */
export const end = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<boolean> =>
  input.effects === 'read' || endSessionsOf(client, ctx);
