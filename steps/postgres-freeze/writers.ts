/** Who could still write to the target's database once the roles are frozen. */
import type { ActContext } from '../../engine/step.ts';
import { SqlError } from '../_kits/sql/client.ts';
import { isOwn, relations } from '../_targets/postgres/base-tables.ts';
import type { PostgresClient } from '../_targets/postgres/client.ts';
import { asked, type Role } from './roles.ts';

/**
 * By rights of their own, by a role they are a member of (with SET ROLE, inherited or not), or by a function that runs
 * with the rights of an owner who may, whether that one may log in or not. Views are relations that can be granted.
 */
const openRoles = `WITH rel AS (
   SELECT c.oid FROM ${relations} WHERE c.relkind IN ('r', 'p', 'v', 'f') AND ${isOwn}
 ), writer AS (
   SELECT r.oid FROM pg_roles r WHERE r.rolsuper
    OR EXISTS (SELECT FROM rel WHERE has_table_privilege(r.oid, rel.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
 ), definer AS (
   SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND p.proowner IN (SELECT oid FROM writer)
 ), may AS (
   SELECT oid FROM writer
   UNION SELECT r.oid FROM pg_roles r WHERE EXISTS (
    SELECT FROM definer WHERE has_function_privilege(r.oid, definer.oid, 'EXECUTE'))
 )
 SELECT l.rolname AS name FROM pg_roles l
 WHERE l.rolcanlogin AND has_database_privilege(l.oid, current_database(), 'CONNECT')
  AND l.rolname <> session_user AND l.rolname NOT IN (SELECT json_array_elements_text($1::json))
  AND EXISTS (SELECT FROM may WHERE pg_has_role(l.oid, may.oid, 'MEMBER'))
 ORDER BY 1`;

/** What writes without anybody logging in. */
const acting = `SELECT 'subscription ' || s.subname AS name FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
  WHERE s.subenabled AND d.datname = current_database()
 UNION ALL SELECT 'prepared transaction ' || gid || ' (of ' || owner || ')' FROM pg_prepared_xacts
  WHERE database = current_database() ORDER BY 1`;

const hasJobs = "SELECT to_regclass('cron.job') IS NOT NULL AS has";
const jobs = `SELECT 'job ' || jobid || ' of pg_cron (as ' || username || ')' AS name FROM cron.job
  WHERE active AND database = current_database() ORDER BY jobid`;

/** Whoever may not see the jobs of others is shown its own only. */
const cronJobs = async (client: PostgresClient, ctx: ActContext): Promise<readonly string[]> => {
  const [row] = await asked(client, ctx, hasJobs);
  if (row?.has !== true) return [];
  try {
    return (await asked(client, ctx, jobs)).map(({ name }) => String(name));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return ['jobs of pg_cron, which may not be listed'];
  }
};

export const writersLeft = async (
  client: PostgresClient,
  ctx: ActContext,
  frozen: readonly Role[],
): Promise<readonly string[]> => {
  const roles = frozen.map(({ role }) => role);
  const found = [...(await asked(client, ctx, openRoles, roles)), ...(await asked(client, ctx, acting))];
  return [...found.map(({ name }) => String(name)), ...(await cronJobs(client, ctx))];
};
