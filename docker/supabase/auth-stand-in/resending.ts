/** POST /resend: a confirmation once more. Whether there is somebody to confirm, nobody learns. */
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { mailEmailChange } from './email-change.ts';
import { assertChallenge, beginFlow, challengeParams } from './flow-state.ts';
import { mailLink } from './mailed-links.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, type User } from './users.ts';

const resendParams = z.object({
  type: z.string().default(''),
  email: z.string().default(''),
  phone: z.string().default(''),
  ...challengeParams,
});
type ResendParams = z.output<typeof resendParams>;

export const resend = async (c: Context<Env>, service: Service) => {
  service.limits.resend((name) => c.req.header(name));
  const params = await readBody(c, resendParams);
  const [email, withCode] = checked(service, params);
  const user = await findByEmail(service.pool, email, audienceOf(c, service));
  if (!user || !isOpen(user, params.type)) return c.json({});
  // An address can be given for it; a text message cannot be sent.
  if (params.type === 'phone_change')
    throw unexpected('Unable to get SMS provider', new Error('no provider of text messages'));
  const redirectTo = effectiveRedirect(c, service.config);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    if (params.type === 'email_change') {
      if (withCode) await beginFlow(db, user.id, params, 'email_change');
      await mailEmailChange(db, service, user, user.email_change, { redirectTo, withCode });
      return;
    }
    await audit(db, 'user_confirmation_requested', user);
    if (withCode) await beginFlow(db, user.id, params, 'email/signup');
    await mailLink(db, service, user, { type: 'signup', redirectTo, withCode });
  });
  return c.json({});
};

/** The address, and whether the link is to yield a code. */
const checked = ({ config }: Service, params: ResendParams): [email: string, withCode: boolean] => {
  const { type, email, phone } = params;
  if (!['signup', 'email_change', 'sms', 'phone_change'].includes(type))
    throw invalid('Missing one of these types: signup, email_change, sms, phone_change');
  const withCode = type === 'signup' || type === 'email_change' ? assertChallenge(params) : false;
  if (email === '' && type === 'signup') throw invalid('Type provided requires an email address');
  if (phone === '' && type === 'sms') throw invalid('Type provided requires a phone number');
  if (email !== '' && phone !== '')
    throw invalid('Only an email address or phone number should be provided.');
  if (phone !== '') throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled');
  if (email === '') throw invalid('Missing email address or phone number');
  if (!config.email.enabled) throw new AuthError(400, 'email_provider_disabled', 'Email logins are disabled');
  return [normalEmail(email), withCode];
};

/** Whether there is anything to confirm. */
const isOpen = (user: User, type: string): boolean => {
  if (type === 'email_change') return user.email_change !== '';
  return type === 'phone_change' ? user.phone_change !== '' : user.email_confirmed_at === null;
};
