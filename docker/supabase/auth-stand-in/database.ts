import { readFileSync } from 'node:fs';
import pg from 'pg';
import { AuthError } from './auth-error.ts';

/** A pool outside of a transaction, one client of it within. */
export type Queryable = Pick<pg.Pool, 'query'>;

export const openDatabase = async (url: string): Promise<pg.Pool> => {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // A connection that the server ended while idle: the pool makes another, the process must not die of it.
  pool.on('error', (error) => console.error(`idle connection: ${error.message}`));
  await pool.query(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));
  return pool;
};

/**
 * Rolls back when `work` throws, and also when the request's time is over: what `work` has done outside of the
 * database by then (a mail!) stays done, exactly as with the real server.
 */
export const inTransaction = async <T>(
  pool: pg.Pool,
  deadline: AbortSignal,
  work: (db: Queryable) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    if (deadline.aborted) throw timedOut();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
};

export const timedOut = (): AuthError =>
  new AuthError(504, 'request_timeout', 'Processing this request timed out, please retry after a moment.');
