/** The roles to be locked, what it takes to lock them, and their sessions. */

import type { Json } from '../../engine/plan.ts';
import type { ActContext, Finding } from '../../engine/step.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import type { Lockable } from '../_kits/sql/freeze.ts';
import type { Watched } from '../_kits/sql/quiet.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { PostgresClient } from '../_targets/postgres/client.ts';

export interface Role extends Lockable {
  readonly role: string;
}

const given = 'SELECT json_array_elements_text($1::json)';

/** @param names what `$1` of the statement is */
export const asked = async (
  client: PostgresClient,
  ctx: ActContext,
  sql: string,
  names?: readonly string[],
): Promise<readonly { readonly [column: string]: Json }[]> =>
  withSession(client, 'read', ctx, async (session) => {
    const { rows } = await session.query(sql, names && [JSON.stringify(names)]);
    return rows;
  });

export const rolesNamed = async (
  client: PostgresClient,
  ctx: ActContext,
  names: readonly string[],
): Promise<readonly Role[]> => {
  const sql = `SELECT rolname AS role, rolcanlogin AS open FROM pg_roles WHERE rolname IN (${given})`;
  const rows = await asked(client, ctx, sql, names);
  const found = new Map(rows.map(({ role, open }) => [String(role), open === true]));
  return names.filter((name) => found.has(name)).map((role) => ({ role, locked: found.get(role) === false }));
};

/** A session may have become somebody else by SET ROLE: whoever logged in counts. */
export const loggedInAs = async (client: PostgresClient, ctx: ActContext): Promise<string> => {
  const [row] = await asked(client, ctx, 'SELECT session_user::text AS me');
  return String(row?.me);
};

export const setLogin = async (
  session: SqlSession,
  roles: readonly Role[],
  how: 'lock' | 'unlock',
): Promise<void> => {
  const attribute = how === 'lock' ? 'NOLOGIN' : 'LOGIN';
  // Their names have no quotes, by the schema of the input.
  for (const { role } of roles) await session.query(`ALTER ROLE "${role}" ${attribute}`);
  await session.commit();
};

/** The list of sessions is kept for a whole transaction, unless it is cleared. */
const sessionsOf = `SELECT pid FROM pg_stat_activity WHERE usename IN (${given}) AND pid <> pg_backend_pid()`;

export const watchRoles = (names: readonly string[], quietMs: number): Watched => ({
  who: names.join(', '),
  quietMs,
  async look(session) {
    await session.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await session.query(sessionsOf, [JSON.stringify(names)]);
    // A session is listed until its transaction has been rolled back.
    return { sessions: rows.map(({ pid }) => String(pid)), transactions: 0 };
  },
  async kill(session, pid) {
    await session.query('SELECT pg_terminate_backend($1::int)', [Number(pid)]);
  },
});

const rights = `SELECT r.rolname AS role, r.rolsuper AS super, r.rolreplication AS replication,
  pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') AS admin,
  pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE') AS ends,
  me.rolsuper AS me_super, me.rolcreaterole AS creates, me.rolname AS me,
  current_setting('server_version_num')::int / 10000 AS major
 FROM pg_roles r, pg_roles me WHERE me.rolname = current_user AND r.rolname IN (${given}) ORDER BY 1`;

/** What a role that is no superuser lacks, as on a managed server. */
export const missingRights = async (
  client: PostgresClient,
  ctx: ActContext,
  names: readonly string[],
): Promise<readonly Finding[]> => {
  const rows = await asked(client, ctx, rights, names);
  const [first] = rows;
  if (first === undefined || first.me_super === true) return [];
  const findings: Finding[] = [];
  const problem = (what: string, remedy: string) => findings.push({ level: 'problem', what, remedy });
  const me = `"${first.me}"`;
  const alone = 'Use a target that logs in as a superuser';
  if (first.creates !== true)
    problem(`the target's role ${me} may not alter roles`, `ALTER ROLE ${me} CREATEROLE`);
  for (const { role, ...has } of rows) {
    if (has.super === true) problem(`${role} is a superuser: only a superuser may lock it`, alone);
    // Before 16 CREATEROLE was enough, but for roles that replicate.
    else if (Number(has.major) >= 16 && has.admin !== true)
      problem(
        `the target's role ${me} has no ADMIN OPTION on ${role}`,
        `GRANT "${role}" TO ${me} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`,
      );
    else if (Number(has.major) < 16 && has.replication === true)
      problem(`${role} has REPLICATION: before Postgres 16 only a superuser may lock it`, alone);
    if (has.ends !== true)
      problem(`the target's role ${me} may not end sessions of ${role}`, `GRANT pg_signal_backend TO ${me}`);
  }
  return findings;
};

export const standbyFindings = async (
  client: PostgresClient,
  ctx: ActContext,
): Promise<readonly Finding[]> => {
  const [row] = await asked(client, ctx, 'SELECT pg_is_in_recovery() AS standby');
  return row?.standby === true
    ? [
        {
          level: 'problem',
          what: 'the server is a standby: no role can be locked there',
          remedy: 'Name the primary as target',
        },
      ]
    : [];
};
