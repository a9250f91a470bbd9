/** The dry run of a query step: what a server refuses for good is known before the run. */
import { type ActContext, type Finding, type Outcome, StepFailed } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import { onceOver } from './act-lock.ts';
import { aloneRefused, apartRefused } from './apart.ts';
import { type SqlClient, SqlError } from './client.ts';
import { doubtfulIn, unsentRead } from './doubtful.ts';
import { countedRows } from './expectations.ts';
import { firstRow, happened, paramsOf, run, said } from './query.ts';
import type { QueryInput, QueryOutput } from './query-input.ts';
import { refusalOf } from './refusal.ts';
import { withSession } from './session.ts';
import { notRead } from './statement.ts';

/** `EXPLAIN ANALYZE ...` carries the statement out: only what begins as a data statement may follow. */
const explainable = /^(insert|update|delete|replace|merge|with)\b/i;

/** A refusal that no other step can change is a problem today; any other may be over by then. */
const foundRefused = (error: SqlError, effects: QueryInput['effects']): Finding => {
  const { passing, remedy } = refusalOf(error);
  const what = passing ? `not possible now: ${said(error)}` : said(error);
  return {
    // A read may be there to wait for it.
    level: passing && effects === 'read' ? 'unchecked' : 'problem',
    what,
    ...(remedy && { remedy }),
    ...(passing && { passing }),
  };
};

const expects = ({ expect }: QueryInput): boolean =>
  Object.values(expect).some((value) => value !== undefined);

/** What cannot be tried. What no rollback takes back is said too: a write is said to run in one transaction. */
const untried = (client: SqlClient, input: QueryInput): Finding => {
  const what = 'connected; a statement of this kind cannot be tried without doing it';
  if (!input.transaction)
    return { level: 'unchecked', what: `${what}; outside a transaction nothing of it is rolled back` };
  const kind = client.commitsByItself(input.sql);
  if (kind === null && client.rollsBack(input.sql)) return { level: 'unchecked', what };
  const stays =
    kind === null ? 'a rollback may leave it done' : `${kind} commits by itself and is not rolled back`;
  return {
    level: 'unchecked',
    what: `${what}; ${stays}${expects(input) ? ', also where `expect` fails' : ''}`,
    ...(expects(input) && { remedy: 'Leave `expect` out, and look at the result by `verify`' }),
  };
};

/** Whether a plan of the statement might call a function that may act: the server calls those of constants for it. */
const mayCall = async (client: SqlClient, ctx: ActContext, sql: string): Promise<boolean> => {
  const judged = await client.judge(`EXPLAIN ${sql}`);
  return judged.is !== 'read' || (await doubtfulIn(client, ctx, judged)).length > 0;
};

/** EXPLAIN makes the server check names, types and privileges of a write without carrying it out. */
const explained = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Finding> => {
  const apart = await client.outsideTransaction(input.sql);
  if (apart && input.transaction) return { level: 'problem', ...apartRefused(apart) };
  if (apart && !apart.alone) return { level: 'problem', ...aloneRefused(apart) };
  if (!explainable.test(input.sql)) return untried(client, input);
  try {
    const { prepare } = client;
    if (prepare && (await mayCall(client, ctx, input.sql))) {
      await withSession(client, client.explainsIn, ctx, (session) => prepare(session, input.sql));
      return { level: 'simulated', what: 'the server accepts the statement (PREPARE)' };
    }
    await withSession(client, client.explainsIn, ctx, (session) =>
      session.query(`EXPLAIN ${input.sql}`, paramsOf(ctx, input), 1),
    );
    return { level: 'simulated', what: 'the server accepts the statement (EXPLAIN)' };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return foundRefused(error, 'write');
  }
};

/** Why a read is not made in a dry run; null: it changes nothing. */
const unsent = async (
  client: SqlClient,
  ctx: ActContext,
  sql: string,
  trusted: boolean,
): Promise<Finding | null> => {
  const refusal = await notRead(client.judge, sql, trusted);
  if (refusal) return { level: 'problem', what: refusal.what, remedy: refusal.remedy };
  return unsentRead(client, ctx, sql);
};

const probed = async (
  client: SqlClient,
  ctx: ActContext,
  sql: string,
  trusted: boolean,
): Promise<Finding> => {
  const kept = await unsent(client, ctx, sql, trusted);
  if (kept) return { ...kept, what: `the probe: ${kept.what}` };
  try {
    return (await happened(client, ctx, sql))
      ? { level: 'problem', what: 'the probe says: already done', remedy: 'Fix the probe', passing: true }
      : { level: 'verified', what: 'the probe says it has not happened yet' };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const finding = foundRefused(error, 'read');
    return { ...finding, what: `the probe: ${finding.what}` };
  }
};

/** Whether the server gives the lock that the write takes first. */
const unlockable = async (client: SqlClient, ctx: ActContext): Promise<readonly Finding[]> => {
  try {
    const { over } = await onceOver(client, ctx, async () => null, { waitMs: 0 });
    if (over) return [];
    return [{ level: 'problem', what: 'another session holds the lock of this act', remedy: 'Try again' }];
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return [
      {
        level: 'problem',
        what: `the server gives no lock by name, so a COMMIT in progress could not be seen: ${said(error)}`,
        remedy: 'Use a target that reaches the server itself, without a proxy that refuses locks',
      },
    ];
  }
};

const outcomeOf = (read: Promise<QueryOutput>): Promise<Outcome<QueryOutput>> =>
  read.then(
    (output) => ({ done: true, output }),
    (error: unknown) => {
      if (!(error instanceof StepFailed)) throw error;
      return error.outcome;
    },
  );

/** Throws TargetError. */
const findingOf = (outcome: Outcome<QueryOutput>): Finding => {
  if (outcome.done)
    return { level: 'verified', what: `answers with ${countedRows(outcome.output.row_count)}` };
  const { cause, remedy, short } = outcome;
  if (cause instanceof SqlError) return foundRefused(cause, 'read');
  if (cause instanceof TargetError) throw cause;
  const failed = new StepFailed(short, outcome);
  // The statement has to be changed: it does not become right by itself.
  return remedy ? failed.problem : failed.notYet;
};

const answered = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Finding> => {
  const kept = await unsent(client, ctx, input.sql, input.trust_read);
  if (kept) return kept;
  const outcome = await outcomeOf(run(client, ctx, input));
  return { ...findingOf(outcome), answered: outcome };
};

/** The row that the undo would take its values from. */
const rowBefore = async (client: SqlClient, ctx: ActContext, input: QueryInput): Promise<Finding | null> => {
  const { before, trust_read } = input;
  if (!before) return null;
  const kept = await unsent(client, ctx, before.sql, trust_read);
  if (kept) return { ...kept, what: `the read before: ${kept.what}` };
  try {
    const row = await firstRow(client, ctx, before, trust_read);
    return {
      level: 'verified',
      what: `the read before gives ${Object.keys(row).join(', ')}`,
      passing: true,
    };
  } catch (error) {
    if (error instanceof StepFailed) return error.notYet;
    if (!(error instanceof SqlError)) throw error;
    const finding = foundRefused(error, 'read');
    return { ...finding, what: `the read before: ${finding.what}` };
  }
};

export const check = async (
  client: SqlClient,
  ctx: ActContext,
  input: QueryInput,
): Promise<readonly Finding[]> => {
  if (input.effects === 'read') return [await answered(client, ctx, input)];
  const row = await rowBefore(client, ctx, input);
  const findings = [
    ...(await unlockable(client, ctx)),
    await explained(client, ctx, input),
    ...(row ? [row] : []),
  ];
  return input.probe === undefined
    ? findings
    : [...findings, await probed(client, ctx, input.probe, input.trust_read)];
};
