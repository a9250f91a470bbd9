import type { ActContext } from '../../../engine/step.ts';
import type { SessionLock, SqlClient, SqlMode, SqlSession } from './client.ts';

/** The signal fired while a session was at work, and the session was ended for it. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
  readonly sessionId: string;
  /** The server no longer knows the session: what was not committed is rolled back. */
  readonly proven: boolean;
  constructor(sessionId: string, proven: boolean, reason: unknown) {
    super(
      `session ${sessionId} was ended (${String(reason)})${proven ? '' : ', but that could not be proven'}`,
    );
    this.sessionId = sessionId;
    this.proven = proven;
  }
}

type Ending = Pick<ActContext, 'signal' | 'killGraceMs' | 'clock'>;

const pollMs = 50;

/**
 * True once the server no longer knows the session, and nobody holds its lock: a proxy may have told us another id
 * than the server's. Dropping the connection alone would leave it at work.
 */
const endSession = async (
  client: SqlClient,
  id: string,
  { clock, killGraceMs }: Ending,
  lock?: SessionLock,
): Promise<boolean> => {
  const holders = async () => (lock ? (await client.holders(lock)).map((holder) => holder.id) : []);
  try {
    const deadline = clock.now() + killGraceMs;
    for (const at of new Set([id, ...(await holders())])) await client.kill(at);
    while ((await client.lives(id)) || (await holders()).length > 0) {
      if (clock.now() >= deadline) return false;
      await clock.sleep(pollMs);
    }
    return true;
  } catch {
    return false;
  }
};

/**
 * Runs `work` in a session of its own and closes it. When the signal fires the session is ended by its id
 * from a second connection, and SessionEnded is thrown unless the work had got through. With a lock it throws
 * LockHeld when another session has it.
 */
export const withSession = async <T>(
  client: SqlClient,
  mode: SqlMode,
  ending: Ending,
  work: (session: SqlSession) => Promise<T>,
  lock?: SessionLock,
): Promise<T> => {
  const { signal } = ending;
  const session = await client.open(mode, signal, lock);
  let ended: Promise<boolean> | undefined;
  const end = () => {
    ended = endSession(client, session.id, ending, lock).finally(() => session.destroy());
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    return await work(session);
  } catch (error) {
    if (ended === undefined) throw error;
    throw new SessionEnded(session.id, await ended, signal.reason);
  } finally {
    signal.removeEventListener('abort', end);
    await (ended ?? session.close());
  }
};
