/** Sessions, and its pair of tokens. */
import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Config } from './config.ts';
import type { Queryable } from './database.ts';
import type { FlowMethod } from './flow-state.ts';
import { noInstance, reload, type User, userJson } from './users.ts';

export interface TokenPair {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly expires_in: number;
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: Record<string, unknown>;
}

export type SignInMethod = 'password' | 'otp' | 'anonymous' | FlowMethod;

export const beginSession = async (
  db: Queryable,
  config: Config,
  user: User,
  method: SignInMethod,
): Promise<TokenPair> => {
  const sessionId = randomUUID();
  await db.query(
    'INSERT INTO auth.sessions (id, user_id, created_at, updated_at, tag) VALUES ($1, $2, now(), now(), $3)',
    [sessionId, user.id, method],
  );
  await db.query('UPDATE auth.users SET last_sign_in_at = now(), updated_at = now() WHERE id = $1', [
    user.id,
  ]);
  await db.query('UPDATE auth.identities SET last_sign_in_at = now() WHERE user_id = $1', [user.id]);
  const refreshToken = await issueRefreshToken(db, user.id, sessionId, null);
  return tokenPair(db, config, { userId: user.id, sessionId, method }, refreshToken);
};

export const issueRefreshToken = async (
  db: Queryable,
  userId: string,
  sessionId: string,
  parent: string | null,
): Promise<string> => {
  const token = randomBytes(9).toString('base64url').toLowerCase();
  await db.query(
    `INSERT INTO auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
     VALUES ('${noInstance}', $1, $2, false, now(), now(), $3, $4)`,
    [token, userId, parent, sessionId],
  );
  return token;
};

export const tokenPair = async (
  db: Queryable,
  config: Config,
  of: { userId: string; sessionId: string; method: SignInMethod },
  refreshToken: string,
): Promise<TokenPair> => {
  const user = await reload(db, of.userId);
  const now = Math.floor(Date.now() / 1_000);
  const expiresAt = now + config.jwt.expiresIn;
  return {
    access_token: await accessToken(config, user, of, now, expiresAt),
    token_type: 'bearer',
    expires_in: config.jwt.expiresIn,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: userJson(user),
  };
};

const accessToken = (
  { jwt, externalUrl }: Config,
  user: User,
  { sessionId, method }: { sessionId: string; method: SignInMethod },
  now: number,
  expiresAt: number,
): Promise<string> =>
  new SignJWT({
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    role: user.role,
    aal: 'aal1',
    amr: [{ method, timestamp: now }],
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(externalUrl)
    .setSubject(user.id)
    .setAudience(user.aud)
    .setIssuedAt(now)
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(jwt.secret));

export type LogoutScope = 'global' | 'local' | 'others';

export const endSessions = (
  db: Queryable,
  userId: string,
  scope: LogoutScope,
  sessionId: string | null,
): Promise<unknown> => {
  if (scope === 'global') return db.query('DELETE FROM auth.sessions WHERE user_id = $1', [userId]);
  const which = scope === 'local' ? 'id = $2' : 'id <> $2';
  return db.query(`DELETE FROM auth.sessions WHERE user_id = $1 AND ${which}`, [userId, sessionId]);
};
