/** POST /token?grant_type=refresh_token: each works once, except for a client that lost the answer. */
import type { Context } from 'hono';
import { z } from 'zod';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import type { Config } from './config.ts';
import { inTransaction, type Queryable } from './database.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { issueRefreshToken, type SignInMethod, type TokenPair, tokenPair } from './sessions.ts';
import { findById, isBanned, type User } from './users.ts';

const tokenLength = 12;

const params = z.object({ refresh_token: z.string().default('') });

interface Used {
  readonly id: string;
  readonly token: string;
  readonly revoked: boolean;
  readonly updatedAt: Date;
  readonly sessionId: string;
  readonly method: SignInMethod;
}

export const byRefreshToken = async (c: Context<Env>, service: Service): Promise<TokenPair> => {
  const { refresh_token: token } = await readBody(c, params);
  if (token.length !== tokenLength) throw invalid('Refresh token is not valid');
  const result = await inTransaction(service.pool, c.var.deadline, async (db) => {
    const [user, used] = await find(db, token);
    if (isBanned(user)) throw new AuthError(400, 'user_banned', 'Invalid Refresh Token: User Banned');
    const next = await nextToken(db, service.config, user, used);
    if (next === null) return null;
    await db.query('UPDATE auth.sessions SET refreshed_at = now(), updated_at = now() WHERE id = $1', [
      used.sessionId,
    ]);
    const { sessionId, method } = used;
    return tokenPair(db, service.config, { userId: user.id, sessionId, method }, next);
  });
  // Thrown here: what was revoked has to be committed.
  if (result === null)
    throw new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
  return result;
};

const find = async (db: Queryable, token: string): Promise<[User, Used]> => {
  const { rows } = await db.query(
    `SELECT t.*, s.tag AS method FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id
     WHERE t.token = $1 FOR UPDATE OF t`,
    [token],
  );
  const row = rows[0];
  const user = row && (await findById(db, row.user_id));
  if (!user)
    throw new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
  const { id, revoked, updated_at: updatedAt, session_id: sessionId, method } = row;
  return [user, { id, token, revoked, updatedAt, sessionId, method }];
};

/** null: it was used too long ago, and the whole family is revoked by this. */
const nextToken = async (
  db: Queryable,
  { refreshTokens }: Config,
  user: User,
  used: Used,
): Promise<string | null> => {
  if (used.revoked) {
    const active = await activeToken(db, used.sessionId);
    if (active?.parent === used.token) {
      // The client never saw its answer, or two tabs asked at once.
      await audit(db, 'token_refreshed', user);
      return active.token;
    }
    if (Date.now() > used.updatedAt.getTime() + refreshTokens.reuseMs) {
      if (refreshTokens.rotate)
        await db.query(
          'UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE session_id = $1 AND NOT revoked',
          [used.sessionId],
        );
      return null;
    }
  }
  await audit(db, 'token_refreshed', user);
  await audit(db, 'token_revoked', user);
  await db.query('UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE id = $1', [
    used.id,
  ]);
  return issueRefreshToken(db, user.id, used.sessionId, used.token);
};

const activeToken = async (
  db: Queryable,
  sessionId: string,
): Promise<{ readonly token: string; readonly parent: string | null } | undefined> =>
  (
    await db.query(
      'SELECT token, parent FROM auth.refresh_tokens WHERE session_id = $1 AND NOT revoked ORDER BY id DESC LIMIT 1',
      [sessionId],
    )
  ).rows[0];
