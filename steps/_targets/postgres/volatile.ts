/**
 * Functions that a read calls, itself or by what it names: by views, by operators and casts, and by the policies of
 * row level security. Postgres keeps what they call in parsed trees; pg_depend leaves out whatever came with the server.
 */
import type { SqlSession } from '../../_kits/sql/client.ts';
import type { Used } from '../../_kits/sql/statement.ts';

/** Volatile to the planner, since they answer differently each time; they change nothing. */
const harmless = [
  ...['random', 'random_normal', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'uuidv4', 'uuidv7'],
  ...['currval', 'lastval', 'pg_is_in_recovery', 'pg_blocking_pids', 'pg_get_replication_slots'],
  ...['pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn'],
  ...['pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn', 'pg_last_xact_replay_timestamp'],
  ...['pg_database_size', 'pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size'],
  ...['pg_tablespace_size', 'pg_column_size', 'pg_stat_file', 'pg_ls_dir', 'pg_ls_logdir', 'pg_ls_waldir'],
];

/** Of `p` in the schema `n`: the server keeps a function that is not volatile from changing anything. */
const changesNothing = `(p.provolatile <> 'v' OR n.nspname = 'pg_catalog' AND p.proname IN (${harmless.map((f) => `'${f}'`).join(', ')}))`;
/** What is called by its name is held to more: a function that somebody made may call another one. */
const reads = `(n.nspname = 'pg_catalog' AND ${changesNothing})`;

/** Which of several of one name is meant only the server could tell. */
const byName = `SELECT p.proname AS name, bool_and${reads} AS reads
 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.proname IN (SELECT json_array_elements_text($1::json)) GROUP BY p.proname`;

/** Trees of the relation `c` that its reader has the server run: a view's definition, and a table's policies. */
const trees = `SELECT w.ev_action::text AS tree, 'v' AS how,
   CASE WHEN c.reloptions::text ~* 'security_invoker=(true|on|yes|1)' THEN r.reader ELSE c.relowner END AS reader
  FROM pg_rewrite w WHERE w.ev_class = c.oid AND c.relkind = 'v' AND w.ev_type = '1'
 UNION ALL
 SELECT s.polqual::text, 'p', r.reader FROM pg_policy s JOIN pg_roles a ON a.oid = r.reader
  WHERE s.polrelid = c.oid AND c.relrowsecurity AND s.polcmd IN ('r', '*') AND s.polqual IS NOT NULL
   AND current_setting('row_security') = 'on' AND NOT a.rolsuper AND NOT a.rolbypassrls
   AND (c.relforcerowsecurity OR NOT pg_has_role(r.reader, c.relowner, 'USAGE'))`;

/** Of a tree, what it calls: how, and the function's oid. */
const calledIn = (tree: string) =>
  `regexp_matches(${tree}, ':(funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') AS called`;

/** Of a type, what a cast to it runs: a function, and the checks of a domain. */
const ofTypes = (
  types: string,
) => `SELECT x.castfunc::oid AS fn, format_type(x.casttarget, NULL) AS at, 'c' AS how
  FROM pg_cast x WHERE x.castfunc <> 0 AND x.casttarget IN (${types})
 UNION SELECT called[2]::oid, format_type(k.contypid, NULL), 'c' FROM pg_constraint k, ${calledIn('k.conbin::text')}
  WHERE k.contypid IN (${types})`;

const named = (param: string) => `json_to_recordset(${param}::json) AS given (schema text, name text)`;

// Views that came with the server are not looked into.
const behind = `WITH RECURSIVE read (id, reader) AS (
   SELECT c.oid, (SELECT oid FROM pg_roles WHERE rolname = current_user)
   FROM ${named('$1')} JOIN pg_class c ON c.relname = given.name JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = given.schema OR given.schema IS NULL AND pg_table_is_visible(c.oid)
  UNION
   SELECT relid[1]::oid, t.reader FROM read r JOIN pg_class c ON c.oid = r.id
   JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   CROSS JOIN LATERAL (${trees}) t CROSS JOIN LATERAL regexp_matches(t.tree, ':relid (\\d+)', 'g') AS relid
 ), tree AS (
   SELECT t.tree, t.how, c.oid::regclass::text AS at FROM read r JOIN pg_class c ON c.oid = r.id
   JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   CROSS JOIN LATERAL (${trees}) t
 ), cast_to AS (
   SELECT y.oid FROM ${named('$2')} JOIN pg_type y ON y.typname = given.name
   JOIN pg_namespace n ON n.oid = y.typnamespace AND n.nspname <> 'pg_catalog'
   WHERE n.nspname = given.schema OR given.schema IS NULL AND pg_type_is_visible(y.oid)
  UNION SELECT type[1]::oid FROM tree, regexp_matches(tree.tree, ':resulttype (\\d+)', 'g') AS type
 ), used (fn, at, how) AS (
   SELECT called[2]::oid, at, CASE WHEN called[1] = 'opfuncid' THEN 'i' ELSE how END FROM tree, ${calledIn('tree')}
  UNION ${ofTypes('SELECT oid FROM cast_to')}
  UNION SELECT o.oprcode::oid, o.oprname, 'o' FROM pg_operator o
   WHERE o.oprname IN (SELECT json_array_elements_text($3::json)) AND o.oprcode <> 0
 )
 SELECT DISTINCT p.proname AS name, used.at, used.how FROM used JOIN pg_proc p ON p.oid = used.fn
 JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE NOT CASE used.how WHEN 'v' THEN ${reads} ELSE ${changesNothing} END ORDER BY 1, 2`;

const where: Readonly<Record<string, string>> = {
  v: 'in the view',
  i: 'in an operator of',
  p: 'in a policy of',
  c: 'in a cast to',
  o: 'in the operator',
};

const bare = (call: string): string => call.replace(/^pg_catalog\./, '');

const calledByName = async (session: SqlSession, calls: readonly string[]): Promise<readonly string[]> => {
  if (calls.length === 0) return [];
  const { rows } = await session.query(byName, [JSON.stringify(calls.map(bare))]);
  const harmlessOnes = new Set(rows.filter((row) => row.reads === true).map(({ name }) => String(name)));
  return calls.filter((call) => !harmlessOnes.has(bare(call)));
};

/** Those that may do more than read: volatile ones; of those it names or a view names, also whatever somebody made. */
export const unproven = async (session: SqlSession, used: Used): Promise<readonly string[]> => {
  const { calls, relations, operators = [], types = [] } = used;
  const found = await calledByName(session, calls);
  if (relations.length + operators.length + types.length === 0) return found;
  const params = [relations, types, operators].map((list) => JSON.stringify(list));
  const { rows } = await session.query(behind, params);
  return [...found, ...rows.map(({ name, at, how }) => `${name} (${where[String(how)]} ${at})`)];
};
