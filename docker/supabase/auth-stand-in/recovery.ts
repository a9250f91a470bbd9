/** POST /recover: the mail with which a new password is set. */
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import type { Config } from './config.ts';
import { inTransaction } from './database.ts';
import { assertChallenge, beginFlow } from './flow-state.ts';
import { keepToken, newOtp, pkcePrefix, tokenHash } from './one-time-tokens.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, type User } from './users.ts';

/** The host is API_EXTERNAL_URL's, its path is dropped: behind a gateway the path must say so itself. */
export const actionLink = (
  { mailer, externalUrl }: Config,
  { token, type, redirectTo }: { token: string; type: string; redirectTo: string },
): string => {
  const path = type === 'recovery' || type === 'magiclink' ? mailer.recoveryPath : mailer.confirmationPath;
  const target = /[&=#]/.test(redirectTo)
    ? new URLSearchParams([['', redirectTo]]).toString().slice(1)
    : redirectTo;
  return `${new URL(path, externalUrl).href}?token=${encodeURIComponent(token)}&type=${type}&redirect_to=${target}`;
};

const recoverParams = z.object({
  email: z.string().default(''),
  code_challenge: z.string().default(''),
  code_challenge_method: z.string().default(''),
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
  const { code_challenge: challenge, code_challenge_method: method } = params;
  assertChallenge(challenge, method);
  const user = await findByEmail(service.pool, email, audienceOf(c, service));
  if (!user) return c.json({});
  if (challenge !== '') await beginFlow(service.pool, user.id, challenge, method);
  const redirectTo = effectiveRedirect(c, service.config);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_recovery_requested', user);
    assertNotTooSoon(user, service.config.smtp.maxFrequencyMs);
    if (!mayMail(service))
      throw new AuthError(429, 'over_email_send_rate_limit', 'email rate limit exceeded');
    const sentAt = new Date();
    const token = await send(service, user, redirectTo, challenge === '' ? '' : pkcePrefix);
    await keepToken(db, user, 'recovery', token, sentAt);
  });
  return c.json({});
};

/** With autoconfirm only a limit of none at all is one. */
const mayMail = ({ config, limits }: Service): boolean =>
  config.limits.emailSent.events !== 0 && (config.mailer.autoconfirm || limits.email.allow());

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
      ConfirmationURL: actionLink(config, { token, type: 'recovery', redirectTo }),
      Email: to,
      Token: otp,
      TokenHash: token,
      Data: user.raw_user_meta_data ?? {},
      RedirectTo: redirectTo,
    });
  } catch (error) {
    throw unexpected('Error sending recovery email', error);
  }
  return token;
};
