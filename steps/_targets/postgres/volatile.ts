import type { SqlSession } from '../../_kits/sql/client.ts';

/** Volatile to the planner, since they answer differently each time; they change nothing. */
const harmless = [
  ...['random', 'random_normal', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7'],
  ...['currval', 'lastval', 'pg_is_in_recovery', 'pg_blocking_pids', 'pg_get_replication_slots'],
  ...['pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn'],
  ...['pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn', 'pg_last_xact_replay_timestamp'],
  ...['pg_database_size', 'pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size'],
  ...['pg_tablespace_size', 'pg_column_size', 'pg_stat_file', 'pg_ls_dir', 'pg_ls_logdir', 'pg_ls_waldir'],
];

// The server keeps a function that is not volatile from changing anything; which of several of one name is meant
// only it could tell.
const told = `SELECT p.proname AS name,
 bool_and(n.nspname = 'pg_catalog' AND (p.provolatile <> 'v' OR p.proname IN (${harmless.map((f) => `'${f}'`).join(', ')}))) AS reads
 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.proname IN (SELECT json_array_elements_text($1::json)) GROUP BY p.proname`;

const bare = (call: string): string => call.replace(/^pg_catalog\./, '');

/** Of these functions, those that may do more than read: volatile ones, and whatever the server did not come with. */
export const unproven = async (session: SqlSession, calls: readonly string[]): Promise<readonly string[]> => {
  if (calls.length === 0) return [];
  const { rows } = await session.query(told, [JSON.stringify(calls.map(bare))]);
  const reads = new Set(rows.filter((row) => row.reads === true).map(({ name }) => String(name)));
  return calls.filter((call) => !reads.has(bare(call)));
};
