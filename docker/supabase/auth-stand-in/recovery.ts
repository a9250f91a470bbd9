/** Recovery links: POST /recover mails one, POST /admin/generate_link only returns it. */
import type { Context } from 'hono';
import { z } from 'zod';
import { audit } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf, requireAdmin } from './bearer.ts';
import type { Config } from './config.ts';
import { inTransaction } from './database.ts';
import { beginFlow } from './flow-state.ts';
import { keepRecoveryToken, newOtp, pkcePrefix, tokenHash } from './one-time-tokens.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, normalEmail, reload, type User, userJson } from './users.ts';

/** The host is API_EXTERNAL_URL's, its path is dropped: behind a gateway the path must say so itself. */
const actionLink = (config: Config, token: string, type: string, redirectTo: string): string => {
  const url = new URL(config.mailer.recoveryPath, config.externalUrl);
  const target = /[&=#]/.test(redirectTo) ? encodeURIComponent(redirectTo) : redirectTo;
  url.search = `token=${encodeURIComponent(token)}&type=${type}&redirect_to=${target}`;
  return url.href;
};

const wantedRedirects = (c: Context<Env>): (string | undefined)[] => [
  c.req.query('redirect_to'),
  c.req.header('redirect_to'),
  c.req.header('referer'),
];

const recoverParams = z.object({
  email: z.string().default(''),
  code_challenge: z.string().nullish(),
  code_challenge_method: z.string().nullish(),
});

/**
 * The mail goes out before the transaction commits: on a timeout the user may hold a link that the database
 * never heard of. An unknown address gets the same answer as a known one.
 */
export const recover = async (c: Context<Env>, service: Service) => {
  service.limits.otp((name) => c.req.header(name));
  const params = await readBody(c, recoverParams);
  if (params.email === '') throw invalid('Password recovery requires an email');
  const email = normalEmail(params.email);
  if (!params.code_challenge !== !params.code_challenge_method)
    throw invalid('PKCE flow requires code_challenge_method and code_challenge');
  const user = await findByEmail(service.pool, email, audienceOf(c, service));
  if (!user) return c.json({});
  const challenge = params.code_challenge && params.code_challenge_method;
  if (challenge) await beginFlow(service.pool, user.id, params.code_challenge ?? '', challenge);
  const redirectTo = effectiveRedirect(service.config, ...wantedRedirects(c));
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_recovery_requested', user);
    assertNotTooSoon(user, service.config.smtp.maxFrequencyMs);
    if (!service.limits.email.allow())
      throw new AuthError(429, 'over_email_send_rate_limit', 'email rate limit exceeded');
    const sentAt = new Date();
    const token = await send(service, user, redirectTo, challenge ? pkcePrefix : '');
    await keepRecoveryToken(db, user, token, sentAt);
  });
  return c.json({});
};

const assertNotTooSoon = ({ recovery_sent_at: sentAt }: User, maxFrequencyMs: number): void => {
  const waitMs = sentAt === null ? 0 : sentAt.getTime() + maxFrequencyMs - Date.now();
  if (waitMs > 0)
    throw new AuthError(
      429,
      'over_email_send_rate_limit',
      `For security purposes, you can only request this after ${Math.trunc(waitMs / 1_000)} seconds.`,
    );
};

const send = async (
  { config, mailer }: Service,
  user: User,
  redirectTo: string,
  prefix: string,
): Promise<string> => {
  const to = user.email ?? '';
  const otp = newOtp(config.mailer.otpLength);
  const token = prefix + tokenHash(to, otp);
  try {
    await mailer.sendRecovery(to, {
      SiteURL: config.siteUrl,
      ConfirmationURL: actionLink(config, token, 'recovery', redirectTo),
      Email: to,
      Token: otp,
      TokenHash: token,
      RedirectTo: redirectTo,
    });
  } catch (error) {
    throw unexpected('Error sending recovery email', error);
  }
  return token;
};

const linkParams = z.object({
  type: z.string().default(''),
  email: z.string().default(''),
  redirect_to: z.string().nullish(),
});

/** Sends no mail and knows no rate limit. Its answer opens the account: never to be logged. */
export const generateLink = async (c: Context<Env>, service: Service) => {
  await requireAdmin(c, service);
  const params = await readBody(c, linkParams);
  const email = normalEmail(params.email);
  if (params.type !== 'recovery' && params.type !== 'magiclink')
    throw invalid(
      `Invalid email action link type requested: ${params.type} (the stand-in knows recovery and magiclink)`,
    );
  const user = await findByEmail(service.pool, email, audienceOf(c, service));
  if (!user) throw new AuthError(404, 'user_not_found', 'User with this email not found');
  const redirectTo = effectiveRedirect(
    service.config,
    params.redirect_to ?? undefined,
    ...wantedRedirects(c),
  );
  const otp = newOtp(service.config.mailer.otpLength);
  const token = tokenHash(email, otp);
  const changed = await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_recovery_requested', user);
    await keepRecoveryToken(db, user, token, new Date());
    return reload(db, user.id);
  });
  return c.json({
    ...userJson(changed),
    action_link: actionLink(service.config, token, params.type, redirectTo),
    email_otp: otp,
    hashed_token: token,
    verification_type: params.type,
    redirect_to: redirectTo,
  });
};
