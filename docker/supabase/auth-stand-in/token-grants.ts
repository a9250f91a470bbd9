/** POST /token: a password, a refresh token or a PKCE code for a session. */
import type { Context } from 'hono';
import { z } from 'zod';
import { audit } from './audit.ts';
import { AuthError } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { redeemCode } from './flow-state.ts';
import { isPassword } from './passwords.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession, issueTokens, type TokenPair } from './sessions.ts';
import { findByEmail, findById, reload } from './users.ts';

/** In this time a token may be used again: two tabs refresh at once. */
const reuseMs = 10_000;

export const grantToken = async (c: Context<Env>, service: Service) => {
  service.limits.token((name) => c.req.header(name));
  const grants: Record<string, typeof byPassword> = {
    password: byPassword,
    refresh_token: byRefreshToken,
    pkce: byCode,
  };
  const grant = grants[c.req.query('grant_type') ?? ''];
  if (!grant) throw new AuthError(400, 'invalid_credentials', 'unsupported_grant_type');
  return c.json(await grant(c, service));
};

const credentials = z.object({ email: z.string().default(''), password: z.string().default('') });

/** A wrong password leaves no trace in the audit log, only in the access log of whatever stands in front. */
const byPassword = async (c: Context<Env>, service: Service): Promise<TokenPair> => {
  const { email, password } = await readBody(c, credentials);
  const refused = new AuthError(400, 'invalid_credentials', 'Invalid login credentials');
  if (email === '') throw new AuthError(400, 'validation_failed', 'missing email or phone');
  const user = await findByEmail(service.pool, email.toLowerCase(), audienceOf(c, service));
  if (!user || !(await isPassword(password, user.encrypted_password))) throw refused;
  if (user.banned_until !== null && user.banned_until.getTime() > Date.now())
    throw new AuthError(400, 'user_banned', 'User is banned');
  if (user.email_confirmed_at === null)
    throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed');
  return inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'login', user, { provider: 'email' });
    return beginSession(db, service.config, user, 'password');
  });
};

const code = z.object({ auth_code: z.string().default(''), code_verifier: z.string().default('') });

const byCode = async (c: Context<Env>, service: Service): Promise<TokenPair> => {
  const params = await readBody(c, code);
  if (params.auth_code === '' || params.code_verifier === '')
    throw new AuthError(
      400,
      'validation_failed',
      'invalid request: both auth code and code verifier should be non-empty',
    );
  return inTransaction(service.pool, c.var.deadline, async (db) => {
    const user = await reload(db, await redeemCode(db, params.auth_code, params.code_verifier));
    await audit(db, 'login', user, { provider_type: 'recovery' });
    return beginSession(db, service.config, user, 'recovery');
  });
};

const refresh = z.object({ refresh_token: z.string().default('') });

const byRefreshToken = async (c: Context<Env>, service: Service): Promise<TokenPair> => {
  const { refresh_token: token } = await readBody(c, refresh);
  if (token === '') throw new AuthError(400, 'validation_failed', 'refresh_token required');
  return inTransaction(service.pool, c.var.deadline, async (db) => {
    const used = await takeRefreshToken(db, token);
    const user = await findById(db, used.userId);
    if (!user) throw notFound();
    await audit(db, 'token_refreshed', user);
    await audit(db, 'token_revoked', user);
    const { sessionId, method } = used;
    await db.query('UPDATE auth.sessions SET refreshed_at = now(), updated_at = now() WHERE id = $1', [
      sessionId,
    ]);
    return issueTokens(db, service.config, { userId: user.id, sessionId, method, parent: token });
  });
};

const notFound = (): AuthError =>
  new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');

const takeRefreshToken = async (db: Queryable, token: string) => {
  const { rows } = await db.query(
    `SELECT t.*, s.tag AS method FROM auth.refresh_tokens t JOIN auth.sessions s ON s.id = t.session_id
     WHERE t.token = $1 FOR UPDATE OF t`,
    [token],
  );
  const row = rows[0];
  if (!row) throw notFound();
  if (row.revoked && Date.now() > row.updated_at.getTime() + reuseMs)
    throw new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
  if (!row.revoked)
    await db.query('UPDATE auth.refresh_tokens SET revoked = true, updated_at = now() WHERE id = $1', [
      row.id,
    ]);
  return { userId: row.user_id as string, sessionId: row.session_id as string, method: row.method };
};
