/** The account's sessions: found, ended, and proven to stay away. */
import type { ActContext } from '../../engine/step.ts';
import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import { withSession } from '../_kits/sql/session.ts';
import type { MysqlClient } from '../_targets/mysql/client.ts';
import { otherProcesses } from '../_targets/mysql/process-list.ts';

const lookEveryMs = 100;

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
): Promise<{ readonly sessions: readonly string[]; readonly transactions: number | null }> => {
  const sessions = (await otherProcesses(session))
    .filter(({ user }) => user === account)
    .filter(({ host }) => hosts.some((allowed) => mayComeFrom(allowed, addressOf(host))))
    .map(({ id }) => id);
  const open = await openTransactions(session);
  const ofTheirs = new Set([...ended, ...sessions]);
  return { sessions, transactions: open?.filter((id) => ofTheirs.has(id)).length ?? null };
};

/** How many sessions of the account there are now. Throws SqlError where that may not be seen. */
export const countSessions = async (
  client: MysqlClient,
  ctx: ActContext,
  account: string,
  hosts: readonly string[],
): Promise<number> =>
  withSession(
    client,
    'read',
    ctx,
    async (session) => (await lookFor(session, account, hosts, new Set())).sessions.length,
  );

/**
 * Ends every session of the account, then looks until none has been seen for `quietMs`. A login that was
 * under way when the account was locked may still get through: it is ended, and the quiet begins anew.
 * Answers how many were ended. Throws SqlError when the server refuses, the signal's reason when time is up.
 */
export const endSessions = async (
  client: MysqlClient,
  ctx: ActContext,
  { account, hosts, quietMs }: { account: string; hosts: readonly string[]; quietMs: number },
): Promise<number> =>
  withSession(client, 'read', ctx, async (session) => {
    const ended = new Set<string>();
    for (let quietSince: number | null = null; ; ) {
      ctx.signal.throwIfAborted();
      const { sessions, transactions } = await lookFor(session, account, hosts, ended);
      for (const id of sessions) {
        await kill(session, id);
        if (!ended.has(id)) ctx.log(`ended session ${id} of ${account}\n`);
        ended.add(id);
      }
      const now = ctx.clock.now();
      if (sessions.length > 0 || (transactions ?? 0) > 0) quietSince = null;
      else if (quietSince === null) quietSince = now;
      // A look that sees no transactions proves nothing: the next one that does ends the wait.
      else if (now - quietSince >= quietMs && transactions !== null) return ended.size;
      ctx.progress({ done: ended.size, unit: 'sessions' });
      await ctx.clock.sleep(lookEveryMs, ctx.signal);
    }
  });

const kill = async (session: SqlSession, id: string): Promise<void> => {
  try {
    await session.query(`KILL CONNECTION ${Number(id)}`);
  } catch (error) {
    // It has gone by itself meanwhile.
    if (!(error instanceof SqlError) || error.code !== 'ER_NO_SUCH_THREAD') throw error;
  }
};

/** Looks for `quietMs` without ending anything: the first sign of life, or null. */
export const signOfLife = async (
  client: MysqlClient,
  ctx: ActContext,
  { account, hosts, quietMs }: { account: string; hosts: readonly string[]; quietMs: number },
): Promise<string | null> =>
  withSession(client, 'read', ctx, async (session) => {
    for (const since = ctx.clock.now(); ; ) {
      const { sessions } = await lookFor(session, account, hosts, new Set());
      if (sessions.length > 0) return `${sessions.length} of its sessions still live`;
      if (ctx.clock.now() - since >= quietMs) return null;
      await ctx.clock.sleep(lookEveryMs, ctx.signal);
      ctx.signal.throwIfAborted();
    }
  });
