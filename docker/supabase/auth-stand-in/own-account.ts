/** /user and /logout: what a signed-in user may do to the own account. */
import type { Context } from 'hono';
import { z } from 'zod';
import { setEmail, setPassword } from './account-changes.ts';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import { assertAudience, requireUser } from './bearer.ts';
import { inTransaction } from './database.ts';
import { assertStrong, isPassword } from './passwords.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { endSessions } from './sessions.ts';
import { mergeMetadata, reload, userJson } from './users.ts';

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
});

/** `data` is user_metadata, which the user can write at will: nothing in it proves anything. */
export const updateUser = async (c: Context<Env>, service: Service) => {
  const { user, sessionId } = await requireUser(c, service);
  service.limits.otp((name) => c.req.header(name));
  const { email, password, data, app_metadata } = await readBody(c, changes);
  const address = email === '' ? null : normalEmail(email);
  if (password !== undefined) assertStrong(password, service.config.passwordMinLength);
  if (app_metadata) throw new AuthError(403, 'not_admin', 'Updating app_metadata requires admin privileges');
  if (password !== undefined) {
    if (await isPassword(password, user.encrypted_password))
      throw new AuthError(422, 'same_password', 'New password should be different from the old password.');
  }
  if (address !== null && address !== user.email && !service.config.mailer.autoconfirm)
    throw invalid('The stand-in mails no confirmation of a changed address; set GOTRUE_MAILER_AUTOCONFIRM');
  const changed = await inTransaction(service.pool, c.var.deadline, async (db) => {
    if (password !== undefined) {
      await setPassword(db, user, password, sessionId);
      await audit(db, 'user_updated_password', user);
    }
    if (data) await mergeMetadata(db, user.id, 'raw_user_meta_data', data);
    if (address !== null && address !== user.email) await setEmail(db, user.id, address, true);
    await audit(db, 'user_modified', user);
    return reload(db, user.id);
  });
  return c.json(userJson(changed));
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
