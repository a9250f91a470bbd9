/** /verify: the mailed link (GET, a redirect either way) and the token that a page hands in (POST). */
import type { Context } from 'hono';
import { z } from 'zod';
import { confirmEmail } from './account-changes.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { issueCode } from './flow-state.ts';
import {
  consumeRecoveryToken,
  findByRecoveryToken,
  isExpired,
  pkcePrefix,
  tokenHash,
} from './one-time-tokens.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession, type TokenPair } from './sessions.ts';
import { findByEmail, normalEmail, reload, type User } from './users.ts';

const types = ['recovery', 'magiclink'];

const assertType = (type: string): void => {
  if (!types.includes(type)) throw invalid('Invalid email verification type');
};

/** The link is spent by this, whoever opened it. */
const spend = async (db: Queryable, user: User): Promise<User> => {
  await consumeRecoveryToken(db, user.id);
  if (user.email_confirmed_at === null) {
    await audit(db, 'user_signedup', user, { provider: 'email' });
    await confirmEmail(db, user.id);
  } else await audit(db, 'login', user, { provider_type: 'otp' });
  return reload(db, user.id);
};

const usable = (user: User | undefined, service: Service, message: string): User => {
  if (!user || isExpired(user.recovery_sent_at, service.config.mailer.otpExpirySeconds))
    throw new AuthError(403, 'otp_expired', message);
  return user;
};

export const verifyLink = async (c: Context<Env>, service: Service) => {
  service.limits.verify((name) => c.req.header(name));
  const { token = '', type = '', redirect_to: wanted } = c.req.query();
  if (token === '') throw invalid('Verify requires a token or a token hash');
  if (type === '') throw invalid('Verify requires a verification type');
  const target = effectiveRedirect(service.config, wanted, c.req.header('referer'));
  const withCode = token.startsWith(pkcePrefix);
  try {
    const to = await inTransaction(service.pool, c.var.deadline, async (db) => {
      assertType(type);
      const found = await findByRecoveryToken(db, token);
      const user = await spend(db, usable(found, service, 'Email link is invalid or has expired'));
      return withCode
        ? codeUrl(target, await issueCode(db, user.id))
        : tokensUrl(target, await beginSession(db, service.config, user, 'otp'), type);
    });
    return c.redirect(to, 303);
  } catch (error) {
    if (!(error instanceof AuthError) || error.status >= 500) throw error;
    return c.redirect(errorUrl(target, error, withCode), 303);
  }
};

const codeUrl = (target: string, code: string): string => {
  const url = new URL(target);
  url.searchParams.set('code', code);
  return url.href;
};

/** In the fragment, which a browser never sends to a server. */
const tokensUrl = (target: string, pair: TokenPair, type: string): string => {
  const { access_token, expires_at, expires_in, refresh_token, token_type } = pair;
  const fields = { access_token, expires_at, expires_in, refresh_token, token_type, type };
  const texts = Object.entries(fields).map(([key, value]): [string, string] => [key, String(value)]);
  return `${target}#${new URLSearchParams(texts)}`;
};

const oauthErrors: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
};

const errorUrl = (target: string, error: AuthError, withCode: boolean): string => {
  const url = new URL(target);
  const name = oauthErrors[error.status];
  const fields = new URLSearchParams({
    ...(name && { error: name }),
    error_code: error.code,
    error_description: error.message,
  });
  url.search = withCode ? String(fields) : '';
  url.hash = String(fields);
  return url.href;
};

const verifyParams = z.object({
  type: z.string().default(''),
  token: z.string().default(''),
  token_hash: z.string().default(''),
  email: z.string().default(''),
});

export const verifyToken = async (c: Context<Env>, service: Service) => {
  service.limits.verify((name) => c.req.header(name));
  const params = await readBody(c, verifyParams);
  if (params.type === '') throw invalid('Verify requires a verification type');
  if ((params.token_hash === '') === (params.token === ''))
    throw invalid('Verify requires either a token or a token hash');
  const aud = audienceOf(c, service);
  const pair = await inTransaction(service.pool, c.var.deadline, async (db) => {
    assertType(params.type);
    const found = await find(db, params, aud);
    const user = await spend(db, usable(found, service, 'Token has expired or is invalid'));
    return beginSession(db, service.config, user, 'otp');
  });
  return c.json(pair);
};

const find = async (
  db: Queryable,
  { token, token_hash: hash, email }: z.output<typeof verifyParams>,
  aud: string,
): Promise<User | undefined> => {
  if (hash !== '') return findByRecoveryToken(db, hash);
  const address = normalEmail(email);
  const user = await findByEmail(db, address, aud);
  const plain = tokenHash(address, token);
  for (const candidate of [plain, pkcePrefix + plain]) {
    const owner = await findByRecoveryToken(db, candidate);
    if (owner && owner.id === user?.id) return owner;
  }
  return undefined;
};
