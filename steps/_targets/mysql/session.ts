import type { Duplex } from 'node:stream';
import type { Connection, FieldPacket, QueryOptions, ResultSetHeader } from 'mysql2';
import type { Json } from '../../../engine/plan.ts';
import {
  everyRow,
  LockHeld,
  type SessionLock,
  SessionLost,
  type SqlMode,
  type SqlParam,
  type SqlResult,
  type SqlSession,
} from '../../_kits/sql/client.ts';
import { ambiguousColumns, isDistinct, rowOf } from '../../_kits/sql/row.ts';
import { classify } from './classify.ts';
import { lockName } from './lock-name.ts';
import { ownSession } from './own-session.ts';
import { streamRows } from './stream.ts';
import { jsonOf } from './value.ts';

interface Reply extends SqlResult {
  readonly warnings: number;
}

/** Row by row, so that a large result costs no memory beyond the rows that are kept. */
const ask = (
  connection: Connection,
  sql: string,
  params: readonly SqlParam[],
  keepRows: number,
): Promise<Reply> =>
  new Promise((done, failed) => {
    let fields: FieldPacket[] = [];
    let rows: { [column: string]: Json }[] = [];
    let rowCount = 0;
    let affectedRows = 0;
    let warnings = 0;
    // A command without a callback never hears that the connection broke: only the connection does.
    const broke = (error?: unknown) =>
      settle(() => failed(new SessionLost('the connection broke', { cause: error })));
    const settle = (how: () => void) => {
      connection.off('error', broke).off('end', broke);
      how();
    };
    connection.once('error', broke).once('end', broke);
    const options: QueryOptions = { sql, rowsAsArray: true };
    // A prepared statement only where there are parameters: not every statement can be prepared.
    const command =
      params.length > 0 ? connection.execute({ ...options, values: [...params] }) : connection.query(options);
    command
      .on('fields', (announced: FieldPacket[] | undefined) => {
        // A procedure answers with several results: the last one with columns is the answer.
        if (announced === undefined) return;
        fields = announced;
        rows = [];
        rowCount = 0;
      })
      .on('result', (result: unknown) => {
        if (!Array.isArray(result)) {
          const header = result as ResultSetHeader;
          affectedRows = header.affectedRows;
          warnings = header.warningStatus;
          return;
        }
        rowCount += 1;
        if (rows.length < keepRows)
          rows.push(
            rowOf(
              fields.map(({ name }) => name),
              result.map((value, i) => jsonOf(value, fields[i])),
            ),
          );
      })
      .once('error', (error: unknown) => settle(() => failed(classify(error))))
      .once('end', () => {
        const names = fields.map(({ name }) => name);
        settle(() =>
          isDistinct(names)
            ? done({ rows, rowCount, affectedRows, warnings })
            : failed(ambiguousColumns(names)),
        );
      });
  });

const beginning: Readonly<Record<SqlMode, string>> = {
  read: 'START TRANSACTION READ ONLY',
  snapshot: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  write: 'START TRANSACTION',
  alone: 'SET SESSION autocommit = 1',
};

/**
 * A transaction on a fresh connection, which is closed when it cannot be begun. The lock is the session's and comes
 * before the transaction: statements that commit by themselves leave it, and the first snapshot is younger.
 */
export const mysqlSession = async (
  target: string,
  connection: Connection,
  mode: SqlMode,
  lock?: SessionLock,
): Promise<SqlSession> => {
  const say = (sql: string) => ask(connection, sql, [], 0);
  const close = () => new Promise<void>((done) => connection.end(() => done()));
  const takeLock = async (sha256: string): Promise<void> => {
    const { rows } = await ask(connection, `SELECT GET_LOCK('${lockName(sha256)}', 0) AS got`, [], 1);
    if (rows[0]?.got !== 1) throw new LockHeld();
  };
  try {
    await ownSession(target, mode, (sql, keepRows) => ask(connection, sql, [], keepRows));
    if (lock) await takeLock(lock.sha256);
    await say(beginning[mode]);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return {
    id: String(connection.threadId),
    query: (sql, params = [], keepRows = everyRow) => ask(connection, sql, params, keepRows),
    stream: (sql, mark) => streamRows(connection, `/* ${mark} */ ${sql}`),
    commit: async () => void (await say(lock ? `/* ${lock.mark} */ COMMIT` : 'COMMIT')),
    rollback: async () => {
      // Tables without transactions keep what was done to them; the server then warns (1196).
      const all = (await say('ROLLBACK')).warnings === 0;
      // The server ends a session some time after we have left it: the next attempt would find the lock held.
      if (lock) await say(`DO RELEASE_LOCK('${lockName(lock.sha256)}')`);
      return all;
    },
    close,
    // The driver's own destroy only half-closes: a peer that is gone would keep this process alive.
    destroy: () => (connection as unknown as { stream: Duplex }).stream.destroy(),
  };
};
