/** Sessions of an account that was closed: found, ended, and proven to stay away. */
import type { ActContext } from '../../../engine/step.ts';
import type { SqlClient, SqlSession } from './client.ts';
import { withSession } from './session.ts';

const lookEveryMs = 100;

export interface Seen {
  readonly sessions: readonly string[];
  /** Open ones, of these sessions and of those ended before, which a rollback outlives; null: cannot be seen now. */
  readonly transactions: number | null;
}

export interface Watched {
  /** For people. */
  readonly who: string;
  readonly quietMs: number;
  /** As it is now, also within one transaction. Throws SqlError where it may not be seen. */
  look(session: SqlSession, ended: ReadonlySet<string>): Promise<Seen>;
  /** One that has gone by itself is no failure. */
  kill(session: SqlSession, id: string): Promise<void>;
}

/** How many sessions there are now. Throws SqlError where that may not be seen. */
export const countSessions = (client: SqlClient, ctx: ActContext, watched: Watched): Promise<number> =>
  withSession(
    client,
    'read',
    ctx,
    async (session) => (await watched.look(session, new Set())).sessions.length,
  );

/**
 * Ends every session, then looks until none has been seen for `quietMs`. A login that was under way when the account
 * was closed may still get through: it is ended, and the quiet begins anew. Answers how many were ended. Throws
 * SqlError when the server refuses, the signal's reason when time is up.
 */
export const endSessions = (
  client: SqlClient,
  ctx: ActContext,
  { who, quietMs, look, kill }: Watched,
): Promise<number> =>
  withSession(client, 'read', ctx, async (session) => {
    const ended = new Set<string>();
    for (let quietSince: number | null = null; ; ) {
      ctx.signal.throwIfAborted();
      const { sessions, transactions } = await look(session, ended);
      for (const id of sessions) {
        await kill(session, id);
        if (!ended.has(id)) ctx.log(`ended session ${id} of ${who}\n`);
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

/** Looks for `quietMs` without ending anything: the first sign of life, or null. */
export const signOfLife = (
  client: SqlClient,
  ctx: ActContext,
  { quietMs, look }: Watched,
): Promise<string | null> =>
  withSession(client, 'read', ctx, async (session) => {
    for (const since = ctx.clock.now(); ; ) {
      const { sessions } = await look(session, new Set());
      if (sessions.length > 0) return `${sessions.length} of its sessions still live`;
      if (ctx.clock.now() - since >= quietMs) return null;
      await ctx.clock.sleep(lookEveryMs, ctx.signal);
      ctx.signal.throwIfAborted();
    }
  });
