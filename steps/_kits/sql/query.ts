/** What a query step does over any SqlClient. */
import { type ActContext, type FailedOutcome, type Probed, StepFailed } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { type Alone, endSessionsOf, lockOf, onceOver, patienceMs } from './act-lock.ts';
import { LockHeld, type SqlClient, SqlError, type SqlParam, type SqlSession } from './client.ts';
import { expectationFaults } from './expectations.ts';
import { isLeftRunning, marked } from './left-running.ts';
import type { QueryBefore, QueryInput, QueryOutput } from './query-input.ts';
import { refusalOf } from './refusal.ts';
import { SessionEnded, withSession } from './session.ts';
import { notRead, type Refused } from './statement.ts';

/** Syntax, privileges, data that does not fit, broken constraints: the same statement fails again. */
const lasting = new Set(['22', '23', '42', '44']);

export const paramsOf = (ctx: ActContext, { params }: Pick<QueryInput, 'params'>): SqlParam[] =>
  params.map((value) => (typeof value === 'object' && value !== null ? ctx.reveal(value) : value));

export const said = (error: SqlError): string => `the server refused: ${error.message} (${error.code})`;

/** Syntax, names and rights: the server has looked at the statement, and carried nothing of it out. */
const refusedUnread = ({ sqlState }: SqlError): boolean => sqlState.startsWith('42');

const refused = (error: SqlError, { effects }: QueryInput, effect: FailedOutcome['effect']): StepFailed => {
  const { remedy } = refusalOf(error);
  return new StepFailed(said(error), {
    effect,
    // A read may be polled until a table exists; a write that was refused for good would be refused again.
    retryable: effects === 'read' || !lasting.has(error.sqlState.slice(0, 2)),
    ...(remedy && { remedy }),
    cause: error,
  });
};

/** How far a session got. */
interface Known {
  readonly rollsBack: boolean;
  asked: boolean;
  committing: boolean;
  /** After a COMMIT that the server has refused: whether nothing stays. */
  rolledBack: boolean;
}

/** A failure that is known while the session stands is answered, not thrown: the session would be taken for broken. */
const attempt = async (
  ctx: ActContext,
  input: QueryInput,
  session: SqlSession,
  known: Known,
): Promise<QueryOutput | StepFailed> => {
  const write = input.effects === 'write';
  const rolledBack = async () => ((await session.rollback()) && known.rollsBack) || !write;
  let result: Awaited<ReturnType<SqlSession['query']>>;
  try {
    const sql = write ? marked(ctx, input.sql) : input.sql;
    const params = paramsOf(ctx, input);
    known.asked = true;
    result = await session.query(sql, params, input.max_rows);
  } catch (error) {
    if (!(error instanceof SqlError || error instanceof StepFailed)) throw error;
    const untouched = error instanceof SqlError && !input.transaction && refusedUnread(error);
    const effect = (await rolledBack()) || untouched ? 'none' : 'unknown';
    if (error instanceof SqlError) return refused(error, input, effect);
    return new StepFailed(error.message, { ...error.outcome, effect });
  }
  const faults = expectationFaults(input.expect, result);
  if (faults.length > 0) {
    const effect = (await rolledBack()) ? 'none' : 'some';
    const what = write && effect === 'none' ? `${faults.join('; ')}; rolled back` : faults.join('; ');
    return new StepFailed(what, { effect, retryable: true });
  }
  if (write && input.transaction) {
    known.committing = true;
    await session.commit().catch(async (error: unknown) => {
      if (error instanceof SqlError) known.rolledBack = await rolledBack();
      throw error;
    });
  } else await session.rollback();
  const { rows, rowCount, affectedRows } = result;
  return { rows: [...rows], row_count: rowCount, affected_rows: affectedRows };
};

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
): Promise<StepFailed> => {
  const short = error instanceof Error ? error.message : String(error);
  const facts = { retryable: true, cause: error };
  if (error instanceof TargetError)
    return new StepFailed(short, { ...facts, effect: 'none', retryable: error.retry, remedy: error.remedy });
  // The server answered the COMMIT with a refusal: it has rolled back what it can.
  if (error instanceof SqlError)
    return refused(error, input, known.rolledBack || !known.committing ? 'none' : 'some');
  // A read that goes on there changes nothing: it is read again.
  if (input.effects === 'read') return new StepFailed(short, { ...facts, effect: 'none' });
  const living = error instanceof SessionEnded && !error.proven ? { living: true } : {};
  if (!known.asked) return new StepFailed(short, { ...facts, effect: 'none', ...living });
  // Without a COMMIT nothing stays, once the server no longer knows the session.
  if (error instanceof SessionEnded) {
    const effect = error.proven && known.rollsBack && !known.committing ? 'none' : 'unknown';
    return new StepFailed(short, { ...facts, effect, ...living });
  }
  // The server need not have seen that we are gone, and may be at the COMMIT: no probe may come before it is over.
  const seen = await isOver(client, ctx);
  if (seen.over) return new StepFailed(short, { ...facts, effect: 'unknown' });
  return new StepFailed(`${short}; ${seen.why}`, { ...facts, effect: 'unknown', living: true });
};

/** Throws StepFailed, and LockHeld. */
const runOnce = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<QueryOutput> => {
  const known = {
    rollsBack: input.transaction && client.rollsBack(input.sql),
    asked: false,
    committing: false,
    rolledBack: false,
  };
  let result: QueryOutput | StepFailed;
  try {
    result = await withSession(
      client,
      input.transaction ? input.effects : 'alone',
      ctx,
      (session) => attempt(ctx, input, session, known),
      input.effects === 'write' ? lockOf(ctx) : undefined,
    );
  } catch (error) {
    throw error instanceof LockHeld ? error : await brokenOff(client, ctx, error, input, known);
  }
  if (result instanceof StepFailed) throw result;
  return result;
};

const notKnown = (short: string, facts: Partial<FailedOutcome> = {}): StepFailed =>
  new StepFailed(short, { retryable: true, ...facts, effect: 'unknown' });

/** An earlier session of the act was taken for over, and is not: only its end tells whether this attempt is needed. */
const afterEarlier = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<QueryOutput> => {
  const answer = await whenOver(client, ctx, askProbe(client, ctx, input)).catch((error: unknown) => {
    const short = error instanceof SqlError ? `the probe: ${said(error)}` : String(error);
    throw notKnown(short, { living: !(error instanceof SqlError), cause: error });
  });
  if (!answer.over) throw notKnown(answer.why, { living: true });
  if (answer.value === 'at work')
    throw notKnown('a session of this act still runs on the server', { living: true });
  if (answer.value === 'yes') return unseen;
  if (answer.value === 'unasked') throw notKnown('an earlier session of this act has only just ended');
  if (typeof answer.value === 'object') {
    const { what, remedy } = answer.value.refused;
    throw notKnown(unsent(what), { retryable: false, remedy });
  }
  return runOnce(client, ctx, input).catch((error: unknown) => {
    if (!(error instanceof LockHeld)) throw error;
    throw notKnown('another session of this act began meanwhile', { living: true });
  });
};

export const run = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<QueryOutput> => {
  const refusal = input.effects === 'read' ? await notRead(client.judge, input.sql, input.trust_read) : null;
  if (refusal) throw new StepFailed(refusal.what, { effect: 'none', remedy: refusal.remedy });
  return runOnce(client, ctx, input).catch((error: unknown) => {
    if (!(error instanceof LockHeld)) throw error;
    return afterEarlier(client, ctx, input);
  });
};

/** Of what stands before a write. Throws StepFailed where there is none, or where the journal could not keep it. */
export const firstRow = async (
  client: SqlClient,
  ctx: ActContext,
  read: Pick<QueryInput, 'sql' | 'params'>,
  trusted: boolean,
): Promise<Exclude<QueryBefore, null>> => {
  const refuse = (what: string, remedy: string) =>
    new StepFailed(`the read before: ${what}`, { effect: 'none', retryable: true, remedy });
  const refusal = await notRead(client.judge, read.sql, trusted);
  if (refusal) throw refuse(refusal.what, refusal.remedy);
  const { rows } = await withSession(client, 'read', ctx, (session) =>
    session.query(read.sql, paramsOf(ctx, read), 1),
  );
  const [row] = rows;
  if (row === undefined) throw refuse('no row came back', 'Correct `before`, or what it looks for');
  // The journal holds no secret: what was masked there would be restored as ***.
  if (ctx.mask(JSON.stringify(row)) !== JSON.stringify(row))
    throw refuse('its row holds a secret, which is not kept', 'Read other columns');
  return row;
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
  if (answer.value === 'at work')
    return { state: 'unknown', why: 'a session of this act still runs on the server' };
  if (answer.value === 'unasked')
    return { state: 'unknown', why: 'the step has no probe to ask the database' };
  if (typeof answer.value === 'object') return { state: 'unknown', why: unsent(answer.value.refused.what) };
  return answer.value === 'no' ? { state: 'not-done' } : { state: 'done', output: unseen };
};

/** What an earlier engine left at work; a read leaves nothing behind. */
export const end = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<boolean> =>
  input.effects === 'read' || endSessionsOf(client, ctx);
