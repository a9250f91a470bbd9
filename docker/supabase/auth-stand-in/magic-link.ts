/** POST /magiclink and /otp: a mail that signs in who has no password at hand, and makes the account where there is none. */
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail, normalPhone } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { assertChallenge, beginFlow, challengeParams } from './flow-state.ts';
import { mailLink } from './mailed-links.ts';
import { randomPassword } from './passwords.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { register } from './signup.ts';
import { findByEmail, isKnownPhone } from './users.ts';

const linkParams = z.object({
  email: z.string().default(''),
  data: z.record(z.string(), z.unknown()).default({}),
  ...challengeParams,
});
type LinkParams = z.output<typeof linkParams>;

export const magicLink = async (c: Context<Env>, service: Service) => {
  service.limits.magicLink((name) => c.req.header(name));
  assertOffered(service);
  return signInByMail(c, service, await readBody(c, linkParams, 'Could not read verification params'));
};

const assertOffered = ({ config: { email } }: Service): void => {
  if (!email.enabled) throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled');
  if (!email.magicLinks)
    throw new AuthError(422, 'email_provider_disabled', 'Login with magic link is disabled');
};

const signInByMail = async (c: Context<Env>, service: Service, params: LinkParams) => {
  if (params.email === '')
    throw new AuthError(422, 'validation_failed', 'Password recovery requires an email');
  const email = normalEmail(params.email);
  const withCode = assertChallenge(params);
  const aud = audienceOf(c, service);
  const known = await findByEmail(service.pool, email, aud);
  if (!known?.email_confirmed_at) {
    const password = randomPassword(service.config.passwords);
    await register(c, service, { ...params, email, password, phone: '', channel: '' });
    // The mail that confirms the address signs in as well.
    if (!service.config.mailer.autoconfirm) return c.json({});
  }
  const user = known?.email_confirmed_at ? known : await findByEmail(service.pool, email, aud);
  if (!user) throw new Error('who has just signed up is not found');
  if (withCode) await beginFlow(service.pool, user.id, params, 'magiclink');
  const redirectTo = effectiveRedirect(c, service.config);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_recovery_requested', user);
    await mailLink(db, service, user, { type: 'magiclink', redirectTo, withCode });
  });
  return c.json({});
};

const otpParams = linkParams.extend({
  phone: z.string().default(''),
  channel: z.string().default(''),
  create_user: z.boolean().default(true),
});
type OtpParams = z.output<typeof otpParams>;

export const oneTimePassword = async (c: Context<Env>, service: Service) => {
  service.limits.otp((name) => c.req.header(name));
  const params = await readBody(c, otpParams);
  if (params.email !== '' && params.phone !== '')
    throw invalid('Only an email address or phone number should be provided');
  if (params.email !== '' && params.channel !== '')
    throw invalid('Channel should only be specified with Phone OTP');
  assertChallenge(params);
  if (!params.create_user && !(await isKnown(c, service, params)))
    throw new AuthError(422, 'otp_disabled', 'Signups not allowed for otp');
  if (params.email !== '') {
    assertOffered(service);
    return signInByMail(c, service, params);
  }
  if (params.phone === '') throw invalid('One of email or phone must be set');
  throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider');
};

/** What is no address at all is unknown too. */
const isKnown = async (c: Context<Env>, { pool, ...service }: Service, { email, phone }: OtpParams) => {
  const aud = audienceOf(c, { pool, ...service });
  try {
    if (email !== '') return (await findByEmail(pool, normalEmail(email), aud)) !== undefined;
    return phone === '' || (await isKnownPhone(pool, normalPhone(phone), aud));
  } catch (error) {
    if (error instanceof AuthError && error.status === 400) return false;
    throw error;
  }
};
