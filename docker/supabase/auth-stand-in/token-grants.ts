/** POST /token: a password, a refresh token or a PKCE code for a session. */
import type { Context } from 'hono';
import { z } from 'zod';
import { audit } from './audit.ts';
import { AuthError } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { redeemCode } from './flow-state.ts';
import { isPassword } from './passwords.ts';
import { byRefreshToken } from './refresh-grant.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession, type TokenPair } from './sessions.ts';
import { findByEmail, isBanned, reload } from './users.ts';

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

/** A wrong password leaves no trace in the audit log, only in the access log of the proxy in front. */
const byPassword = async (c: Context<Env>, service: Service): Promise<TokenPair> => {
  const { email, password } = await readBody(c, credentials);
  const refused = new AuthError(400, 'invalid_credentials', 'Invalid login credentials');
  if (email === '') throw new AuthError(400, 'validation_failed', 'missing email or phone');
  const user = await findByEmail(service.pool, email.toLowerCase(), audienceOf(c, service));
  if (!user?.encrypted_password) throw refused;
  // Before the password is checked, as the real server does: the ban is reported for a wrong password too.
  if (isBanned(user)) throw new AuthError(400, 'user_banned', 'User is banned');
  if (!(await isPassword(password, user.encrypted_password))) throw refused;
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
    const { userId, method, provider } = await redeemCode(db, params.auth_code, params.code_verifier);
    const user = await reload(db, userId);
    await audit(db, 'login', user, { provider_type: provider });
    return beginSession(db, service.config, user, method);
  });
};
