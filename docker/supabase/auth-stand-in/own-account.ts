/** /user and /logout: what a signed-in user may do to the own account. */
import type { Context } from 'hono';
import { z } from 'zod';
import { setPassword } from './account-changes.ts';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { assertAudience, audienceOf, requireUser } from './bearer.ts';
import { inTransaction } from './database.ts';
import { agreeToEmailChange, mailEmailChange } from './email-change.ts';
import { beginFlow, challengeParams } from './flow-state.ts';
import { assertStrong, isPassword } from './passwords.ts';
import { effectiveRedirect } from './redirects.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { endSessions } from './sessions.ts';
import { findByIdentity, mergeMetadata, reload, type User, userJson } from './users.ts';

export const showUser = async (c: Context<Env>, service: Service) => {
  const signedIn = await requireUser(c, service);
  assertAudience(c, signedIn);
  return c.json(userJson(signedIn.user));
};

const changes = z.object({
  email: z.string().default(''),
  password: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  app_metadata: z.record(z.string(), z.unknown()).optional(),
  ...challengeParams,
});

/** `data` is user_metadata, which the user can write at will: nothing in it proves anything. */
export const updateUser = async (c: Context<Env>, service: Service) => {
  const { user, sessionId } = await requireUser(c, service);
  service.limits.user((name) => c.req.header(name));
  const { email, password, data, app_metadata, code_challenge, code_challenge_method } = await readBody(
    c,
    changes,
  );
  const address = email === '' ? null : normalEmail(email);
  if (password !== undefined) assertStrong(password, service.config.passwords);
  if (app_metadata) throw new AuthError(403, 'not_admin', 'Updating app_metadata requires admin privileges');
  const wanted = address !== null && address !== user.email ? address : null;
  if (user.is_anonymous && password && wanted === null)
    throw new AuthError(
      422,
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
    );
  if (user.is_sso_user && (password || wanted !== null))
    throw new AuthError(
      422,
      'user_sso_managed',
      'Updating email, phone, password of a SSO account only possible via SSO',
    );
  if (wanted !== null && (await isTaken(c, service, user, wanted)))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  if (password !== undefined && (await isPassword(password, user.encrypted_password)))
    throw new AuthError(422, 'same_password', 'New password should be different from the old password.');
  const withCode = code_challenge !== '';
  const changed = await inTransaction(service.pool, c.var.deadline, async (db) => {
    if (password !== undefined) {
      await setPassword(db, user, password, sessionId);
      await audit(db, 'user_updated_password', user);
    }
    if (data) await mergeMetadata(db, user.id, 'raw_user_meta_data', data);
    if (wanted !== null && user.is_anonymous && service.config.mailer.autoconfirm)
      await agreeToEmailChange(db, service, { ...user, email_change: wanted }, '');
    else if (wanted !== null) {
      const challenge = { code_challenge, code_challenge_method };
      if (withCode) await beginFlow(db, user.id, challenge, 'email_change');
      const redirectTo = effectiveRedirect(c, service.config);
      await mailEmailChange(db, service, await reload(db, user.id), wanted, { redirectTo, withCode });
    }
    await audit(db, 'user_modified', user);
    return reload(db, user.id);
  });
  return c.json(userJson(changed));
};

const isTaken = async (c: Context<Env>, service: Service, user: User, email: string): Promise<boolean> => {
  const other = await findByIdentity(service.pool, email, audienceOf(c, service));
  return other !== undefined && other.id !== user.id;
};

const scopes = z.enum(['global', 'local', 'others']);

export const logout = async (c: Context<Env>, service: Service) => {
  const scope = scopes.safeParse(c.req.query('scope') || 'global');
  if (!scope.success) throw invalid(`Unsupported logout scope "${c.req.query('scope')}"`);
  const { user, sessionId } = await requireUser(c, service);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'logout', user);
    await endSessions(db, user.id, scope.data, sessionId);
  });
  return c.body(null, 204);
};
