/** What there is in the target's database, without the server's own, temporary relations and those of extensions. */

/** In SQL: of the relation `c` in the schema `n`, that it is somebody's own, and no extension's. */
const isOwn = `c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const relations = 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace';

export const baseTables = `SELECT n.nspname AS schema, c.relname AS name FROM ${relations}
  WHERE c.relkind IN ('r', 'p') AND ${isOwn} ORDER BY 1, 2`;

/** As far as a dump holds it: without indexes. */
export const bytesOfRows = `SELECT coalesce(sum(pg_table_size(c.oid)), 0) AS bytes FROM ${relations}
  WHERE c.relkind IN ('r', 'm') AND ${isOwn}`;

/** Rows that the asking role would not get, or not all: `sequence` without the right, `policy` of row level security. */
export const hiddenRows = `SELECT n.nspname AS schema, c.relname AS name,
   CASE WHEN c.relkind = 'S' THEN 'sequence' ELSE 'policy' END AS why FROM ${relations}
  WHERE ${isOwn} AND (c.relkind = 'S' AND NOT has_sequence_privilege(c.oid, 'SELECT')
    OR c.relkind IN ('r', 'p') AND row_security_active(c.oid)) ORDER BY 1, 2`;
