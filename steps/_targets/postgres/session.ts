import pg from 'pg';
import type { Json } from '../../../engine/plan.ts';
import { TargetError } from '../../../engine/target.ts';
import {
  everyRow,
  LockHeld,
  type SessionLock,
  SessionLost,
  SqlError,
  type SqlMode,
  type SqlParam,
  type SqlResult,
  type SqlSession,
  type TextRow,
} from '../../_kits/sql/client.ts';
import { assertSettings } from '../../_kits/sql/own-session.ts';
import { ambiguousColumns, isDistinct, rowOf } from '../../_kits/sql/row.ts';
import { lockKey } from './lock-key.ts';
import { asTheServerSays, typeParsers } from './value.ts';
import { withoutValues } from './without-data.ts';

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

/** The server's refusals carry a severity; everything else means that the connection broke. */
const classify = (error: unknown): unknown => {
  const { message, code, severity } = error as { message: string; code?: string; severity?: string };
  if (severity === 'ERROR')
    return new SqlError(withoutValues(code ?? '', message), code ?? 'XX000', code ?? 'XX000');
  return new SessionLost(`the connection broke: ${message}`, { cause: error });
};

/** Row by row, so that a large result costs no memory beyond the rows that are kept. */
const ask = (
  client: pg.Client,
  sql: string,
  params: readonly SqlParam[],
  keepRows: number,
): Promise<SqlResult> =>
  new Promise((done, failed) => {
    const rows: { [column: string]: Json }[] = [];
    let rowCount = 0;
    const config = {
      text: sql,
      values: [...params],
      rowMode: 'array',
      types: typeParsers,
      // Takes one statement only: `COMMIT; DROP ...` would leave a read's transaction in the simple protocol.
      queryMode: 'extended',
    };
    const query = client.query(new pg.Query<Json[]>(config));
    query.on('row', (values, result) => {
      rowCount += 1;
      const names = result?.fields.map(({ name }) => name) ?? [];
      if (rows.length < keepRows) rows.push(rowOf(names, values));
    });
    query.on('error', (error) => failed(classify(error)));
    query.on('end', (result) => {
      const names = result.fields.map(({ name }) => name);
      if (!isDistinct(names)) return failed(ambiguousColumns(names));
      done({ rows, rowCount, affectedRows: changing.has(result.command) ? (result.rowCount ?? 0) : 0 });
    });
  });

// Local to the transaction, since a pooler in between forgets what a session sets. A pid comes round again:
// with the instant it began it names one session only.
const characteristics: Readonly<Record<Exclude<SqlMode, 'alone'>, string>> = {
  read: 'READ ONLY',
  snapshot: 'ISOLATION LEVEL REPEATABLE READ READ ONLY',
  write: 'READ WRITE',
};

/**
 * Taken twice: in a transaction before, which proves that whoever had it is gone, and in our own, whose snapshot then
 * has all of that one's work; under REPEATABLE READ it is older than the lock it was taken with. The transaction's
 * lock, not the session's: a pooler would hand that on to a stranger with the server's session. It is kept until
 * the transaction is flushed, replicated as configured, and visible; inside BEGIN no procedure commits.
 */
const tryLock = (lock: SessionLock): string => `pg_try_advisory_xact_lock(${lockKey(lock.sha256)})`;

/** The driver reads UTF-8, whatever a role, a database or a pooler has as its default; a double has all its digits. */
const settings = {
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  bytea_output: 'hex',
  extra_float_digits: '1',
};

const isolations: Readonly<Record<SqlMode, Readonly<Record<string, string>>>> = {
  read: { transaction_read_only: 'on' },
  snapshot: { transaction_read_only: 'on', transaction_isolation: 'repeatable read' },
  write: { transaction_read_only: 'off' },
  alone: { transaction_read_only: 'off' },
};

const looked = ['transaction_read_only', 'transaction_isolation', ...Object.keys(settings)]
  .map((name) => `, current_setting('${name}') AS "${name}"`)
  .join('');

const identity = `SELECT pid || '@' || extract(epoch FROM backend_start) AS id${looked}
  FROM pg_stat_activity WHERE pid = pg_backend_pid()`;

const settingsFor = (scope: 'LOCAL' | 'SESSION'): string =>
  Object.entries(settings)
    .map(([name, value]) => `SET ${scope} ${name} = '${value}';`)
    .join(' ');

/** Without a transaction there is only the session's lock: a pooler that parts sessions cannot be between. */
const beginAlone = (lock?: SessionLock) => `
  ${settingsFor('SESSION')} SET SESSION default_transaction_read_only = off;
  ${lock ? `SELECT pg_try_advisory_lock(${lockKey(lock.sha256)}) AS got;` : ''}
  ${identity}`;

const begin = (mode: Exclude<SqlMode, 'alone'>, lock?: SessionLock) => `
  ${lock ? `BEGIN READ ONLY; SELECT ${tryLock(lock)} AS got; ROLLBACK;` : ''}
  BEGIN ${characteristics[mode]};
  ${settingsFor('LOCAL')}
  ${lock ? `SELECT ${tryLock(lock)} AS got;` : ''}
  ${identity}`;

const fetched = 1_000;

/** By a cursor of the server's: the driver itself would take in all rows at once, wanted or not. */
async function* streamRows(client: pg.Client, sql: string, mark: string): AsyncGenerator<TextRow> {
  const say = async (text: string): Promise<TextRow[]> => {
    const config = { text: `/* ${mark} */ ${text}`, rowMode: 'array' as const, types: asTheServerSays };
    const { rows } = await client.query<(string | null)[]>(config).catch((error: unknown) => {
      throw classify(error);
    });
    return rows;
  };
  await say(`DECLARE runbook_rows NO SCROLL CURSOR FOR ${sql}`);
  for (let rows = await say(fetch); rows.length > 0; rows = await say(fetch)) yield* rows;
  await say('CLOSE runbook_rows');
}

const fetch = `FETCH ${fetched} FROM runbook_rows`;

interface Began {
  readonly id?: string;
  readonly got?: boolean;
  readonly [setting: string]: string | boolean | undefined;
}

/** A transaction on a fresh connection, which is closed when it cannot be begun. */
export const postgresSession = async (
  target: string,
  client: pg.Client,
  mode: SqlMode,
  lock?: SessionLock,
): Promise<SqlSession> => {
  const say = async (sql: string): Promise<void> => {
    await client.query(sql).catch((error: unknown) => {
      throw classify(error);
    });
  };
  const close = () => client.end().catch(() => undefined);
  let id: string;
  try {
    const text = mode === 'alone' ? beginAlone(lock) : begin(mode, lock);
    const results = (await client.query(text)) as unknown as pg.QueryResult<Began>[];
    if (results.some(({ rows }) => rows[0]?.got === false)) throw new LockHeld();
    const began = results.at(-1)?.rows[0] ?? {};
    assertSettings(target, { ...settings, ...isolations[mode] }, began);
    id = began.id ?? '';
  } catch (error) {
    await close();
    throw error instanceof LockHeld || error instanceof TargetError ? error : classify(error);
  }
  return {
    id,
    query: (sql, params = [], keepRows = everyRow) => ask(client, sql, params, keepRows),
    stream: (sql, mark) => streamRows(client, sql, mark),
    commit: () => say(lock ? `/* ${lock.mark} */ COMMIT` : 'COMMIT'),
    rollback: async () => {
      await say('ROLLBACK');
      if (mode === 'alone' && lock) await say(`SELECT pg_advisory_unlock(${lockKey(lock.sha256)})`);
      return mode !== 'alone';
    },
    close,
    destroy: () => void close(),
  };
};
