/** The acts of a query step over any SqlClient. */
import type { ActContext, Finding, Outcome, Probed, StepActs } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { type SqlClient, SqlError, type SqlParam, type SqlSession } from './client.ts';
import { expectationFaults } from './expectations.ts';
import type { QueryInput, QueryOutput } from './query-input.ts';
import { SessionEnded, withSession } from './session.ts';

type Failed = Extract<Outcome<never>, { done: false }>;

/** Syntax, privileges, data that does not fit, broken constraints: the same statement fails again. */
const lasting = new Set(['22', '23', '42', '44']);

const paramsOf = (ctx: ActContext, { params }: QueryInput): SqlParam[] =>
  params.map((value) => (typeof value === 'object' && value !== null ? ctx.reveal(value) : value));

const refusal = (error: SqlError, { effects }: QueryInput, effect: Failed['effect']): Failed => ({
  done: false,
  effect,
  // A read may be polled until a table exists; a write that was refused for good would be refused again.
  retryable: effects === 'read' || !lasting.has(error.sqlState.slice(0, 2)),
  short: `the server refused: ${error.message} (${error.code})`,
  cause: error,
});

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
    result = await session.query(input.sql, paramsOf(ctx, input), input.max_rows);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return refusal(error, input, (await takenBack()) ? 'none' : 'unknown');
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
  if (error instanceof SqlError) return refusal(error, input, 'none');
  // Without a COMMIT nothing stays, once the server has seen that the session is over.
  const nothing = input.effects === 'read' || (known.rollsBack && !known.committing);
  return {
    done: false,
    effect: nothing ? 'none' : 'unknown',
    retryable: true,
    short,
    ...(error instanceof SessionEnded && !error.proven && { living: true }),
    cause: error,
  };
};

const run = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Outcome<QueryOutput>> => {
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

const happened = async (client: SqlClient, ctx: ActContext, sql: string): Promise<boolean> =>
  withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(sql, [], 1);
    const value = Object.values(rows[0] ?? {})[0];
    return (
      value !== undefined && value !== null && value !== false && value !== 0 && value !== '' && value !== '0'
    );
  });

const probe = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Probed<QueryOutput>> => {
  if (input.effects === 'read') return { state: 'not-done' };
  if (input.probe === undefined)
    return { state: 'unknown', why: 'the step has no probe to ask the database' };
  if (!(await happened(client, ctx, input.probe))) return { state: 'not-done' };
  return { state: 'done', output: { rows: [], row_count: 0, affected_rows: null } };
};

/** `EXPLAIN ANALYZE ...` carries the statement out: only what begins as a data statement may follow. */
const explainable = /^(insert|update|delete|replace|merge|with)\b/i;

/** EXPLAIN makes the server check names, types and privileges of a write without carrying it out. */
const explained = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Finding> => {
  if (!explainable.test(input.sql))
    return {
      level: 'unchecked',
      what: 'connected; a statement of this kind cannot be tried without doing it',
    };
  try {
    await withSession(client, client.explainsIn, ctx, (session) =>
      session.query(`EXPLAIN ${input.sql}`, paramsOf(ctx, input), 1),
    );
    return { level: 'simulated', what: 'the server accepts the statement (EXPLAIN)' };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { level: 'unchecked', what: `connected, but EXPLAIN does not tell: ${error.message}` };
  }
};

const check = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<readonly Finding[]> => {
  if (input.effects === 'read') {
    const outcome = await run(client, ctx, input);
    if (outcome.done) return [{ level: 'verified', what: `answers with ${outcome.output.row_count} rows` }];
    return [{ level: 'unchecked', what: `does not hold now: ${outcome.short}` }];
  }
  const findings = [await explained(client, ctx, input)];
  if (input.probe !== undefined)
    findings.push(
      (await happened(client, ctx, input.probe))
        ? { level: 'problem', what: 'the probe says it has already happened', remedy: 'Mend the probe' }
        : { level: 'verified', what: 'the probe says it has not happened yet' },
    );
  return findings;
};

export const queryActs = (
  clientOf: (ctx: ActContext) => Promise<SqlClient>,
): StepActs<QueryInput, QueryOutput, unknown> => ({
  check: async (ctx, input) => check(await clientOf(ctx), ctx, input),
  run: async (ctx, input) => run(await clientOf(ctx), ctx, input),
  probe: async (ctx, input) => probe(await clientOf(ctx), ctx, input),
});
