/** POST /recover: the mail with which a new password is set. */
import type { Context } from 'hono';
import { z } from 'zod';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction } from './database.ts';
import { assertChallenge, beginFlow, challengeParams } from './flow-state.ts';
import { mailLink } from './mailed-links.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail } from './users.ts';

const recoverParams = z.object({ email: z.string().default(''), ...challengeParams });

/** An unknown address gets the same answer as a known one. */
export const recover = async (c: Context<Env>, service: Service) => {
  service.limits.recover((name) => c.req.header(name));
  if (!service.config.email.enabled)
    throw new AuthError(400, 'email_provider_disabled', 'Email logins are disabled');
  const params = await readBody(c, recoverParams);
  if (params.email === '') throw invalid('Password recovery requires an email');
  const email = normalEmail(params.email);
  const withCode = assertChallenge(params);
  const user = await findByEmail(service.pool, email, audienceOf(c, service));
  if (!user) return c.json({});
  if (withCode) await beginFlow(service.pool, user.id, params, 'recovery');
  const redirectTo = effectiveRedirect(c, service.config);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_recovery_requested', user);
    await mailLink(db, service, user, { type: 'recovery', redirectTo, withCode });
  });
  return c.json({});
};
