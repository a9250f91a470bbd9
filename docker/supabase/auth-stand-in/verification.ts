/** /verify: the mailed link (GET, a redirect either way) and the token that a page hands in (POST). */
import type { Context } from 'hono';
import { z } from 'zod';
import { confirmEmail } from './account-changes.ts';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { issueCode } from './flow-state.ts';
import {
  consumeRecoveryToken,
  findByToken,
  isExpired,
  pkcePrefix,
  type TokenKind,
  tokenHash,
} from './one-time-tokens.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession, type TokenPair } from './sessions.ts';
import { findByEmail, isBanned, refreshProviders, reload, type User } from './users.ts';

/** Which token opens a link of which type: one of another kind opens nothing. */
const kinds: Readonly<Record<string, readonly TokenKind[]>> = {
  recovery: ['recovery'],
  magiclink: ['recovery'],
  signup: ['confirmation'],
  invite: ['confirmation'],
  email: ['confirmation', 'recovery'],
  email_change: [],
};

const kindsOf = (type: string): readonly TokenKind[] => {
  const found = kinds[type];
  if (!found) throw invalid('Invalid email verification type');
  return found;
};

interface Opened {
  readonly user: User;
  readonly kind: TokenKind;
}

/** Refuses without spending it: who is banned today may use the link when the ban is lifted. */
const opened = (user: User | undefined, token: string, { config }: Service, message: string): Opened => {
  const expired = new AuthError(403, 'otp_expired', message);
  if (!user) throw expired;
  if (isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned');
  const kind = user.recovery_token === token ? 'recovery' : 'confirmation';
  const sentAt = kind === 'recovery' ? user.recovery_sent_at : user.confirmation_sent_at;
  if (isExpired(sentAt, config.mailer.otpExpirySeconds)) throw expired;
  return { user, kind };
};

/** The link is spent by this, whoever opened it. */
const spend = async (db: Queryable, { user, kind }: Opened): Promise<User> => {
  if (kind === 'recovery') await consumeRecoveryToken(db, user.id);
  if (kind === 'confirmation' || user.email_confirmed_at === null) {
    await audit(db, 'user_signedup', user, { provider: 'email' });
    await confirmEmail(db, user.id);
  } else await audit(db, 'login', user);
  await refreshProviders(db, user.id);
  return reload(db, user.id);
};

export const verifyLink = async (c: Context<Env>, service: Service) => {
  service.limits.verify((name) => c.req.header(name));
  const { token = '', type = '' } = c.req.query();
  if (type === '') throw invalid('Verify requires a verification type');
  if (token === '') throw invalid('Verify requires a token or a token hash');
  const target = effectiveRedirect(c, service.config);
  const withCode = token.startsWith(pkcePrefix);
  try {
    const to = await inTransaction(service.pool, c.var.deadline, async (db) => {
      const found = await findByToken(db, kindsOf(type), token);
      const user = await spend(db, opened(found, token, service, 'Email link is invalid or has expired'));
      return withCode
        ? codeUrl(target, await issueCode(db, user.id))
        : tokensUrl(target, await beginSession(db, service.config, user, 'otp'), type);
    });
    return c.redirect(to, 303);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    if (error.status >= 500) console.error(c.req.method, c.req.path, error.cause ?? error);
    return c.redirect(errorUrl(target, error, withCode), 303);
  }
};

/** Sorted, as Go writes them. `sb` tells apps that it is Auth who redirects. */
const encoded = (fields: Readonly<Record<string, unknown>>): string => {
  const texts = Object.entries(fields).map(([key, value]): [string, string] => [key, String(value)]);
  const sorted = new URLSearchParams(texts);
  sorted.sort();
  return String(sorted);
};

const withQuery = (target: string, more: Readonly<Record<string, unknown>>): string => {
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(target) ?? [];
  return `${path}?${encoded({ ...Object.fromEntries(new URLSearchParams(query)), ...more })}`;
};

const codeUrl = (target: string, code: string): string => withQuery(target, { code });

/** In the fragment, which a browser never sends to a server. */
const tokensUrl = (target: string, pair: TokenPair, type: string): string => {
  const { access_token, expires_at, expires_in, refresh_token, token_type } = pair;
  const fields = { access_token, expires_at, expires_in, refresh_token, token_type, type, sb: '' };
  return `${target}#${encoded(fields)}`;
};

const oauthErrors: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

const errorUrl = (target: string, error: AuthError, withCode: boolean): string => {
  const name = oauthErrors[error.status];
  const fields = {
    ...(name && { error: name }),
    error_code: error.code,
    error_description: error.message,
  };
  const bare = target.split('#')[0] ?? '';
  return `${withCode ? withQuery(bare, fields) : bare}#${encoded({ ...fields, sb: '' })}`;
};

const verifyParams = z.object({
  type: z.string().default(''),
  token: z.string().default(''),
  token_hash: z.string().default(''),
  email: z.string().default(''),
  phone: z.string().default(''),
  redirect_to: z.string().default(''),
});
type VerifyParams = z.output<typeof verifyParams>;

export const verifyToken = async (c: Context<Env>, service: Service) => {
  service.limits.verify((name) => c.req.header(name));
  const params = await readBody(c, verifyParams);
  assertOneToken(params);
  const aud = audienceOf(c, service);
  const pair = await inTransaction(service.pool, c.var.deadline, async (db) => {
    const user = await spend(db, await handedIn(db, service, params, aud));
    return beginSession(db, service.config, user, 'otp');
  });
  return c.json(pair);
};

const assertOneToken = ({ type, token, token_hash, email, phone, redirect_to }: VerifyParams): void => {
  if (type === '') throw invalid('Verify requires a verification type');
  if ((token_hash === '') === (token === '')) throw invalid('Verify requires either a token or a token hash');
  if (token_hash !== '' && (email !== '' || phone !== '' || redirect_to !== ''))
    throw invalid('Only the token_hash and type should be provided');
  if (token !== '' && (email === '' || phone !== ''))
    throw invalid('Only an email address or phone number should be provided on verify');
};

const handedIn = async (
  db: Queryable,
  service: Service,
  { type, token, token_hash: hash, email }: VerifyParams,
  aud: string,
): Promise<Opened> => {
  const wanted = kindsOf(type);
  if (hash !== '')
    return opened(await findByToken(db, wanted, hash), hash, service, 'Email link is invalid or has expired');
  const message = 'Token has expired or is invalid';
  const address = addressOf(email);
  const user = await findByEmail(db, address, aud);
  if (user && isBanned(user)) throw new AuthError(403, 'user_banned', 'User is banned');
  const plain = tokenHash(address, token);
  for (const candidate of [plain, pkcePrefix + plain]) {
    const owner = await findByToken(db, wanted, candidate);
    if (owner && owner.id === user?.id) return opened(owner, candidate, service, message);
  }
  throw new AuthError(403, 'otp_expired', message);
};

const addressOf = (email: string): string => {
  try {
    return normalEmail(email);
  } catch {
    throw new AuthError(422, 'validation_failed', 'Invalid email format');
  }
};
