/** The account's sessions, as this server lists and ends them. */
import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import type { Seen, Watched } from '../_kits/sql/quiet.ts';
import { otherProcesses } from '../_targets/mysql/process-list.ts';

/** What `localhost` may be to the server: its socket, or its own addresses resolved. */
const loopback = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Whether a client from `address` may be one of the account's entry for `host`. Netmasks and names that only
 * the server resolves count as a match: ending one session too many is better than missing one that writes.
 */
export const mayComeFrom = (host: string, address: string): boolean => {
  if (host === '' || host.includes('/')) return true;
  if (host === 'localhost') return loopback.has(address);
  const literal = /^[\d.:a-fA-F%_]+$/.test(host);
  if (!literal) return true;
  const pattern = [...host].map((c) => (c === '%' ? '.*' : c === '_' ? '.' : c === '.' ? '\\.' : c)).join('');
  return new RegExp(`^${pattern}$`, 'i').test(address);
};

/** `10.0.0.7:51234`, `::1:51234`, `localhost` (a socket): what stands before the port. */
const addressOf = (host: string): string => host.replace(/:\d+$/, '');

/**
 * null: cannot be seen now. MySQL 9 refuses every read of this table while a statement of any open transaction holds an
 * emoji or bytes that are not text. Refused without PROCESS, where the list of sessions would silently show our own only.
 */
const openTransactions = async (session: SqlSession): Promise<readonly string[] | null> => {
  try {
    const { rows } = await session.query(
      'SELECT trx_mysql_thread_id AS id FROM information_schema.INNODB_TRX',
    );
    return rows.map(({ id }) => String(id));
  } catch (error) {
    if (error instanceof SqlError && error.code === 'ER_CANNOT_CONVERT_STRING') return null;
    throw error;
  }
};

/** Where a session still stands, or its transaction, which outlives it while it is rolled back. */
const lookFor = async (
  session: SqlSession,
  account: string,
  hosts: readonly string[],
  ended: ReadonlySet<string>,
): Promise<Seen> => {
  const sessions = (await otherProcesses(session))
    .filter(({ user }) => user === account)
    .filter(({ host }) => hosts.some((allowed) => mayComeFrom(allowed, addressOf(host))))
    .map(({ id }) => id);
  const open = await openTransactions(session);
  const ofTheirs = new Set([...ended, ...sessions]);
  return { sessions, transactions: open?.filter((id) => ofTheirs.has(id)).length ?? null };
};

const kill = async (session: SqlSession, id: string): Promise<void> => {
  try {
    await session.query(`KILL CONNECTION ${Number(id)}`);
  } catch (error) {
    // It has gone by itself meanwhile.
    if (!(error instanceof SqlError) || error.code !== 'ER_NO_SUCH_THREAD') throw error;
  }
};

export const watchAccount = (account: string, hosts: readonly string[], quietMs: number): Watched => ({
  who: account,
  quietMs,
  look: (session, ended) => lookFor(session, account, hosts, ended),
  kill,
});
