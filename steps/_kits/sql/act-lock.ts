/**
 * A session that writes holds a lock at the server, named by its act and the same for every attempt. While a session
 * has it, that session may still commit: a COMMIT in progress shows in no table and is not over. Whoever gets the
 * lock knows that all earlier sessions of the act are over, and reads what they left.
 */
import { createHash } from 'node:crypto';
import type { ActContext } from '../../../engine/step.ts';
import { TargetError } from '../../../engine/target.ts';
import {
  LockHeld,
  type LockHolder,
  type SessionLock,
  type SqlClient,
  SqlError,
  type SqlSession,
} from './client.ts';
import { endLeftRunning, markOf, markOfAct } from './left-running.ts';
import { withSession } from './session.ts';

const lookEveryMs = 500;

/** A server that has just lost its client sees that within moments; a person is asked about anything longer. */
export const patienceMs = 10_000;

/** @param name what shares the lock; default: all attempts of the act */
export const lockOf = (ctx: ActContext, name = ctx.idempotencyKey): SessionLock => ({
  sha256: createHash('sha256').update(name).digest('hex'),
  mark: markOf(ctx),
});

const doings: Readonly<Record<LockHolder['doing'], string>> = {
  commit: 'in a COMMIT',
  statement: 'in a statement',
  nothing: 'in an open transaction',
};

const described = (holders: readonly LockHolder[]): string => {
  const [first] = holders;
  // It went between two looks, or may not be seen by this user.
  if (first === undefined) return 'a session of this act still runs on the server';
  return `a session of this act still runs on the server: session ${first.id} is ${doings[first.doing]}`;
};

/** `why`: one line. */
export type Alone<T> =
  | { readonly over: true; readonly value: T }
  | { readonly over: false; readonly why: string };

/** null: another session has the lock. */
const askHolding = async <T>(
  client: SqlClient,
  ctx: ActContext,
  lock: SessionLock,
  ask: (session: SqlSession) => Promise<T>,
): Promise<Alone<T> | null> => {
  try {
    return await withSession(
      client,
      'read',
      ctx,
      async (session) => {
        try {
          return { over: true, value: await ask(session) };
        } finally {
          await session.rollback();
        }
      },
      lock,
    );
  } catch (error) {
    if (error instanceof LockHeld) return null;
    throw error;
  }
};

/** What may be otherwise at the next look: the way to the server was lost, not refused. */
const passes = (error: unknown): boolean =>
  error instanceof TargetError ? error.retry : !(error instanceof SqlError);

/**
 * Asks once every session of the act is over, in a READ ONLY session that holds its lock. Waits for that until the
 * signal fires or `waitMs` are over. Throws when the server refuses, or cannot be reached for that long.
 */
export const onceOver = async <T>(
  client: SqlClient,
  ctx: ActContext,
  ask: (session: SqlSession) => Promise<T>,
  { lock = lockOf(ctx), waitMs = patienceMs }: { lock?: SessionLock; waitMs?: number } = {},
): Promise<Alone<T>> => {
  const deadline = ctx.clock.now() + waitMs;
  for (let told = ''; ; ) {
    let why: string;
    try {
      const answer = await askHolding(client, ctx, lock, ask);
      if (answer) return answer;
      why = described(await client.holders(lock).catch(() => []));
    } catch (error) {
      if (ctx.signal.aborted) return { over: false, why: told || 'nobody could look whether it is over' };
      if (!passes(error) || ctx.clock.now() >= deadline) throw error;
      why = error instanceof Error ? error.message : String(error);
    }
    if (ctx.signal.aborted || ctx.clock.now() >= deadline) return { over: false, why };
    if (why !== told) ctx.log(`waiting for an earlier session of this act to end: ${why}\n`, 'stderr');
    told = why;
    await ctx.clock.sleep(lookEveryMs, ctx.signal);
  }
};

/** Ends every session of the act that is still at the server. False: one of them could not be proven over. */
export const endSessionsOf = async (
  client: SqlClient,
  ctx: ActContext,
  lock = lockOf(ctx),
): Promise<boolean> => {
  const deadline = ctx.clock.now() + patienceMs;
  for (;;) {
    for (const { id } of await client.holders(lock)) await client.kill(id);
    if (!(await endLeftRunning(client, ctx, markOfAct(ctx)))) return false;
    if (await askHolding(client, ctx, lock, async () => true)) return true;
    if (ctx.clock.now() >= deadline) return false;
    await ctx.clock.sleep(lookEveryMs, ctx.signal);
    if (ctx.signal.aborted) return false;
  }
};
