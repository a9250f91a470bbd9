/** /verify: the mailed link (GET, a redirect either way) and the token that a page hands in (POST). */
import type { Context } from 'hono';
import { z } from 'zod';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { type FlowMethod, issueCode } from './flow-state.ts';
import { pkcePrefix } from './one-time-tokens.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { beginSession, type TokenPair } from './sessions.ts';
import { mailedAddress, openedByHash, openedByOtp, spend } from './verified-tokens.ts';

/** The answer when one of two addresses has agreed to a change. */
const oneOfTwo = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

const flowMethods: Readonly<Record<string, FlowMethod>> = {
  signup: 'email/signup',
  invite: 'invite',
  magiclink: 'magiclink',
  recovery: 'recovery',
  email_change: 'email_change',
};

const flowMethodOf = (type: string): FlowMethod => {
  const method = flowMethods[type];
  if (method) return method;
  const cause = new Error(`unsupported authentication method ${type}`);
  throw unexpected('Unexpected failure, please check server logs for more information', cause);
};

export const verifyLink = async (c: Context<Env>, service: Service) => {
  service.limits.verify((name) => c.req.header(name));
  const { token = '', type = '' } = c.req.query();
  if (type === '') throw invalid('Verify requires a verification type');
  if (token === '') throw invalid('Verify requires a token or a token hash');
  const target = effectiveRedirect(c, service.config);
  const method = token.startsWith(pkcePrefix) ? flowMethodOf(type) : null;
  try {
    const to = await inTransaction(service.pool, c.var.deadline, async (db) => {
      const opened = await openedByHash(db, service, type, token);
      const user = await spend(db, service, opened);
      if (!user) return messageUrl(target, oneOfTwo, method !== null);
      return method === null
        ? tokensUrl(target, await beginSession(db, service.config, user, 'otp'), opened.type)
        : codeUrl(target, await issueCode(db, user.id, method));
    });
    return c.redirect(to, 303);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    if (error.status >= 500) console.error(c.req.method, c.req.path, error.cause ?? error);
    return c.redirect(errorUrl(target, error, method !== null), 303);
  }
};

/** Sorted, as Go writes them. `sb` tells apps that it is Auth who redirects. */
const encoded = (fields: Readonly<Record<string, unknown>>): string => {
  const texts = Object.entries(fields).map(([key, value]): [string, string] => [key, String(value)]);
  const sorted = new URLSearchParams(texts);
  sorted.sort();
  return String(sorted);
};

/** A trap of Go's URLs, into which the real server puts a fragment that is escaped already. */
const escapedTwice = (fields: Readonly<Record<string, unknown>>): string =>
  encoded(fields).replaceAll('%', '%25');

const withQuery = (target: string, more: Readonly<Record<string, unknown>>): string => {
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(target) ?? [];
  return `${path}?${encoded({ ...Object.fromEntries(new URLSearchParams(query)), ...more })}`;
};

const codeUrl = (target: string, code: string): string => withQuery(target, { code });

const messageUrl = (target: string, message: string, withCode: boolean): string => {
  const url = withQuery(target, withCode ? { message } : {}).replace(/\?$/, '');
  return `${url}#${escapedTwice({ message, sb: '' })}`;
};

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
  return `${withCode ? withQuery(bare, fields) : bare}#${escapedTwice({ ...fields, sb: '' })}`;
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
    const { type, token, token_hash: hash, email } = params;
    const opened =
      hash === ''
        ? await openedByOtp(db, service, { type, email: mailedAddress(email), otp: token, aud })
        : await openedByHash(db, service, type, hash);
    const user = await spend(db, service, opened);
    return user && beginSession(db, service.config, user, 'otp');
  });
  return c.json(pair ?? { msg: oneOfTwo, code: '200' });
};

const assertOneToken = ({ type, token, token_hash, email, phone, redirect_to }: VerifyParams): void => {
  if (type === '') throw invalid('Verify requires a verification type');
  if ((token_hash === '') === (token === '')) throw invalid('Verify requires either a token or a token hash');
  if (token_hash !== '' && (email !== '' || phone !== '' || redirect_to !== ''))
    throw invalid('Only the token_hash and type should be provided');
  if (token !== '' && (email === '' || phone !== ''))
    throw invalid('Only an email address or phone number should be provided on verify');
};
