/** What a server's refusal of a statement means before the run, and what to do about it. Pure. */
import type { SqlError } from './client.ts';

export interface Refusal {
  /** Whether an earlier step may change that: what is not there yet can be made, data that does not fit can change. */
  readonly passing: boolean;
  readonly remedy?: string;
}

/** No such table, column, schema, function or object: MySQL's states, Postgres's, MySQL's by name only. */
const absent = new Set(['42S02', '42S22', '42P01', '42703', '42883', '42704', '3F000']);
const absentByName = new Set(['ER_SP_DOES_NOT_EXIST', 'ER_BAD_DB_ERROR', 'ER_NO_SUCH_THREAD']);

/** Data that does not fit, a broken constraint, a lost race, a lock, a busy server: classes of states that depend on the hour. */
const ofTheHour = new Set(['22', '23', '40', '53', '55', '57']);

export const refusalOf = ({ code, sqlState }: SqlError): Refusal => {
  if (sqlState === '25006')
    return {
      passing: false,
      remedy: 'A read runs in a READ ONLY transaction: a write needs `effects: write`',
    };
  if (sqlState === '42501' || /ACCESS_?DENIED|_DENIED_/.test(code))
    return { passing: false, remedy: "Grant the target's user the right, or use a target whose user has it" };
  if (sqlState === '42601' || code === 'ER_PARSE_ERROR' || code === 'ER_EMPTY_QUERY')
    return { passing: false, remedy: "Give exactly one statement, in this server's own syntax" };
  if (absent.has(sqlState) || absentByName.has(code))
    return { passing: true, remedy: 'Check the name, unless an earlier step makes it' };
  return { passing: ofTheHour.has(sqlState.slice(0, 2)) || code === 'ER_LOCK_WAIT_TIMEOUT' };
};
