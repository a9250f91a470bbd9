/** The server's accounts and whether they are locked: MySQL and MariaDB keep that in different places. */
import type { ActContext } from '../../engine/step.ts';
import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';

export interface Account {
  readonly user: string;
  readonly host: string;
  readonly locked: boolean;
}

export const shownAccount = ({ user, host }: Pick<Account, 'user' | 'host'>): string => `${user}@${host}`;

/** For account statements, which cannot be prepared with parameters. */
export const quotedAccount = ({ user, host }: Pick<Account, 'user' | 'host'>): string => {
  for (const part of [user, host])
    if (/['"`\\\p{Cc}]/u.test(part))
      throw new Error(`${user}@${host} has a name that cannot be quoted safely`);
  return `'${user}'@'${host}'`;
};

const accountsOf = {
  mariadb:
    "SELECT User AS user, Host AS host, JSON_VALUE(Priv, '$.account_locked') AS locked FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.is_role') IS NULL",
  mysql: 'SELECT User AS user, Host AS host, account_locked AS locked FROM mysql.user',
} as const;

export const flavourOf = async (client: MysqlClient): Promise<keyof typeof accountsOf> =>
  /mariadb/i.test(await client.version()) ? 'mariadb' : 'mysql';

const isTrue = new Set(['1', 'true', 'Y']);

/** In a session of its own: in an older transaction MySQL would show what was true when it began. */
export const allAccounts = async (client: MysqlClient, ctx: ActContext): Promise<readonly Account[]> => {
  const flavour = await flavourOf(client);
  try {
    return await withSession(client, 'read', ctx, async (session) => {
      const { rows } = await session.query(accountsOf[flavour]);
      return rows.map(({ user, host, locked }) => ({
        user: String(user),
        host: String(host),
        locked: isTrue.has(String(locked)),
      }));
    });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new Error(
      `the accounts cannot be read: ${error.message} (it takes SELECT on the schema mysql, and MySQL 8 or MariaDB 10.4)`,
      { cause: error },
    );
  }
};

/** Those that the step names; throws when one of them is not there. */
export const wantedAccounts = (
  all: readonly Account[],
  { account, hosts }: { readonly account: string; readonly hosts?: readonly string[] | undefined },
): readonly Account[] => {
  const named = all.filter(({ user }) => user === account);
  if (named.length === 0) throw new Error(`the server has no account named ${account}`);
  const missing = hosts?.filter((host) => !named.some((a) => a.host === host)) ?? [];
  if (missing.length > 0)
    throw new Error(`there is no ${account}@${missing[0]}, only ${named.map(shownAccount).join(', ')}`);
  return hosts === undefined ? named : named.filter(({ host }) => hosts.includes(host));
};

/** The account that this session is logged in as, as the server matched it. */
export const ownAccount = async (session: SqlSession): Promise<string> => {
  const { rows } = await session.query('SELECT CURRENT_USER() AS me');
  return String(rows[0]?.me);
};
