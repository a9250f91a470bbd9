/** Who could still write to the target's database once the account is frozen. */
import type { ActContext } from '../../engine/step.ts';
import type { SqlSession } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { preparedXa } from '../_targets/mysql/prepared-xa.ts';
import { type Account, allAccounts, flavourOf, ownAccount, shownAccount } from './accounts.ts';

const writes = "PRIVILEGE_TYPE IN ('INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER')";

/** A database right may be granted on a pattern. */
const grantees = `
SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE ${writes}
UNION SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA AND ${writes}
UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND ${writes}
UNION SELECT GRANTEE FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE() AND ${writes}`;

/** Whoever may call what runs with the rights of its definer, locked or not. */
const callers = `
SELECT GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'EXECUTE'
UNION SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE ? LIKE TABLE_SCHEMA AND PRIVILEGE_TYPE = 'EXECUTE'`;

/** A right on a single routine, which the information schema does not list. */
const callersOfOne =
  "SELECT CONCAT('''', User, '''@''', Host, '''') AS grantee FROM mysql.procs_priv WHERE Db = ?";

/** In any schema: a routine may write where it does not stand. */
const definers =
  "SELECT DISTINCT ROUTINE_SCHEMA AS place, DEFINER AS definer FROM information_schema.ROUTINES WHERE SECURITY_TYPE = 'DEFINER' AND ROUTINE_SCHEMA NOT IN ('mysql', 'sys')";

/** Views elsewhere through which our tables can be written to, as whoever defined them. */
const views = `
SELECT TABLE_SCHEMA AS place, TABLE_NAME AS name, DEFINER AS definer FROM information_schema.VIEWS
WHERE SECURITY_TYPE = 'DEFINER' AND IS_UPDATABLE = 'YES' AND TABLE_SCHEMA <> DATABASE()
AND LOCATE(CONCAT('\`', DATABASE(), '\`.'), VIEW_DEFINITION) > 0`;

/** Who may write through a view. */
const throughView = `
SELECT GRANTEE AS grantee FROM information_schema.SCHEMA_PRIVILEGES WHERE ? LIKE TABLE_SCHEMA AND ${writes}
UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND ${writes}`;

/** Locking an account does not keep others from acting as it. */
const proxies =
  "SELECT CONCAT(User, '@', Host) AS holder, CONCAT(Proxied_user, '@', Proxied_host) AS role FROM mysql.proxies_priv";

/** A PROXY right on nobody in particular is one on everybody. */
const everybodysProxy = '@';

/** MariaDB's role that all accounts have without being given it. */
const everybodysRole = 'PUBLIC@';

const roles = {
  mariadb: "SELECT CONCAT(User, '@', Host) AS holder, CONCAT(Role, '@') AS role FROM mysql.roles_mapping",
  mysql:
    "SELECT CONCAT(TO_USER, '@', TO_HOST) AS holder, CONCAT(FROM_USER, '@', FROM_HOST) AS role FROM mysql.role_edges",
} as const;

const texts = async (
  session: SqlSession,
  sql: string,
  params: readonly string[] = [],
): Promise<readonly Record<string, string>[]> =>
  (await session.query(sql, params)).rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)])),
  );

/** `'app'@'%'` as the server lists it, to `app@%`. */
const unquoted = (grantee: string): string => grantee.replace(/^'(.*)'@'(.*)'$/s, '$1@$2');

/** Adds whoever holds a role, or a role of that role. */
export const withRoleHolders = (
  granted: ReadonlySet<string>,
  held: readonly { readonly holder: string; readonly role: string }[],
): ReadonlySet<string> => {
  const all = new Set(granted);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const { holder, role } of held) if (all.has(role)) all.add(holder);
  }
  return all;
};

const granteesOf = async (
  session: SqlSession,
  sql: string,
  params: readonly string[] = [],
): Promise<readonly string[]> =>
  (await texts(session, sql, params)).map(({ grantee = '' }) => unquoted(grantee));

/** MySQL's roles that every account has without being given them. */
const mandatory = async (session: SqlSession): Promise<readonly string[]> => {
  const [row] = await texts(session, "SHOW GLOBAL VARIABLES LIKE 'mandatory_roles'");
  return (row?.Value ?? '')
    .split(',')
    .map((role) => role.trim().replaceAll(/[`'"]/g, ''))
    .filter((role) => role !== '')
    .map((role) => (role.includes('@') ? role : `${role}@%`));
};

/** By rights of their own, by roles, as somebody else, or through a routine of somebody who may. */
const whoMayWrite = async (
  session: SqlSession,
  flavour: keyof typeof roles,
): Promise<ReadonlySet<string>> => {
  const granted = [...(await granteesOf(session, grantees)), everybodysProxy];
  const lent = [...(await texts(session, roles[flavour])), ...(await texts(session, proxies))];
  const held = lent.map(({ holder = '', role = '' }) => ({ holder, role }));
  held.push(...(await mandatory(session)).map((role) => ({ holder: everybodysRole, role })));
  const may = withRoleHolders(new Set(granted), held);
  for (const { place = '', name = '', definer = '' } of await texts(session, views))
    if (may.has(definer)) granted.push(...(await granteesOf(session, throughView, [place, place, name])));
  for (const { place = '', definer = '' } of await texts(session, definers)) {
    if (!may.has(definer)) continue;
    for (const sql of [callers, callersOfOne]) granted.push(...(await granteesOf(session, sql, [place])));
  }
  return withRoleHolders(new Set(granted), held);
};

/** Accounts that are open, not frozen and may write, then events that the server itself would run. Sorted. */
export const writersLeft = async (
  client: MysqlClient,
  ctx: ActContext,
  frozen: readonly Account[],
): Promise<readonly string[]> => {
  const flavour = await flavourOf(client);
  const accounts = await allAccounts(client, ctx);
  return withSession(client, 'read', ctx, async (session) => {
    const may = await whoMayWrite(session, flavour);
    const notCounted = new Set([...frozen.map(shownAccount), await ownAccount(session)]);
    const open = accounts
      .filter((account) => !account.locked && (may.has(shownAccount(account)) || may.has(everybodysRole)))
      .map(shownAccount)
      .filter((account) => !notCounted.has(account));
    // An event runs with the rights of its definer, locked or not.
    const events = await texts(
      session,
      "SELECT IF(EVENT_SCHEMA = DATABASE(), EVENT_NAME, CONCAT(EVENT_SCHEMA, '.', EVENT_NAME)) AS name, DEFINER AS definer, EVENT_SCHEMA = DATABASE() AS own FROM information_schema.EVENTS WHERE STATUS = 'ENABLED' AND @@GLOBAL.event_scheduler = 'ON'",
    );
    const acting = events.filter(({ own, definer = '' }) => own === '1' || may.has(definer));
    return [
      ...open.sort(),
      ...acting.map(({ name, definer }) => `event ${name} (as ${definer})`).sort(),
      ...(await preparedXa(session)),
    ];
  });
};
