/** POST and PUT of /admin/users: an import, and what an administrator changes of a user. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { confirmEmail, confirmPhone, setBan, setEmail, setPassword, setPhone } from './account-changes.ts';
import { givenId, normalEmail, normalPhone } from './addresses.ts';
import { about, audit, serviceRole } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { parseGoDuration } from './go-duration.ts';
import { insertUser, providersOf } from './new-users.ts';
import { assertHash, assertStrong, hashPassword, unknownPassword } from './passwords.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { findByEmail, isKnownPhone, mergeMetadata, reload, type User, userJson } from './users.ts';

const metadata = z.record(z.string(), z.unknown()).optional();
const userParams = z.object({
  id: z.string().default(''),
  aud: z.string().default(''),
  role: z.string().default(''),
  email: z.string().default(''),
  email_confirm: z.boolean().default(false),
  phone: z.string().default(''),
  phone_confirm: z.boolean().default(false),
  password: z.string().optional(),
  password_hash: z.string().default(''),
  user_metadata: metadata,
  app_metadata: metadata,
  ban_duration: z.string().default(''),
});
type UserParams = z.output<typeof userParams>;

/** Each failure gets this message; clients of the old API version also get Postgres' own code. */
const changing = async (
  c: Context<Env>,
  { pool }: Service,
  message: string,
  work: (db: Queryable) => Promise<User>,
): Promise<User> => {
  try {
    return await inTransaction(pool, c.var.deadline, work);
  } catch (error) {
    if (error instanceof AuthError && error.status === 504) throw error;
    throw unexpected(message, error);
  }
};

export const createUser = async (c: Context<Env>, service: Service) => {
  const params = await readBody(c, userParams);
  const aud = params.aud || audienceOf(c, service);
  if (params.email === '' && params.phone === '')
    throw invalid('Cannot create a user without either an email or phone');
  const email = params.email === '' ? null : normalEmail(params.email);
  if (email !== null && (await findByEmail(service.pool, email, aud)))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  const phone = params.phone === '' ? null : normalPhone(params.phone);
  if (phone !== null && (await isKnownPhone(service.pool, phone, aud)))
    throw new AuthError(422, 'phone_exists', 'Phone number already registered by another user');
  const encryptedPassword = await passwordOf(params);
  const id = params.id === '' ? randomUUID() : givenId(params.id);
  const banMs = banOf(params);
  const user = await changing(c, service, 'Database error creating new user', async (db) => {
    await insertUser(db, {
      id,
      aud,
      role: params.role || service.config.jwt.defaultRole,
      email,
      phone,
      encryptedPassword,
      appMetadata: params.app_metadata ?? {},
      userMetadata: params.user_metadata ?? {},
    });
    const [provider] = providersOf({ email, phone });
    await audit(db, 'user_signedup', serviceRole, { ...about({ id, email }), provider });
    if (params.email_confirm) await confirmEmail(db, id);
    if (params.phone_confirm) await confirmPhone(db, id);
    if (banMs !== null) await setBan(db, id, banMs);
    return reload(db, id);
  });
  return c.json(userJson(user));
};

/** Nobody knows the password of a user that was made without one. */
const passwordOf = ({ password, password_hash: given }: UserParams): Promise<string> | string => {
  if (password !== undefined && given !== '')
    throw invalid('Only a password or a password hash should be provided');
  if (given !== '') return assertHash(given);
  return password ? hashPassword(password) : unknownPassword();
};

/** Milliseconds, 0 for none; null: nothing was said. */
const banOf = ({ ban_duration: text }: UserParams): number | null => {
  if (text === '') return null;
  const ms = text === 'none' ? 0 : parseGoDuration(text);
  if (ms === null) throw invalid(`invalid format for ban duration: time: invalid duration "${text}"`);
  return ms;
};

export const updateUser = async (c: Context<Env>, service: Service, user: User) => {
  const params = await readBody(c, userParams);
  const email = params.email === '' ? null : normalEmail(params.email);
  const phone = params.phone === '' ? null : normalPhone(params.phone);
  const banMs = banOf(params);
  const { password } = params;
  if (password !== undefined) assertStrong(password, service.config.passwords);
  const changed = await changing(c, service, 'Error updating user', async (db) => {
    const { id } = user;
    if (params.role)
      await db.query('UPDATE auth.users SET role = $2 WHERE id = $1', [id, params.role.trim()]);
    if (params.email_confirm) await confirmEmail(db, id);
    if (params.phone_confirm) await confirmPhone(db, id);
    if (password !== undefined) await setPassword(db, user, password, null);
    if (email !== null) await setEmail(db, id, email, params.email_confirm);
    if (phone !== null) await setPhone(db, id, phone, params.phone_confirm);
    if (params.app_metadata) await mergeMetadata(db, id, 'raw_app_meta_data', params.app_metadata);
    if (params.user_metadata) await mergeMetadata(db, id, 'raw_user_meta_data', params.user_metadata);
    if (banMs !== null) await setBan(db, id, banMs);
    await audit(db, 'user_modified', serviceRole, about(user));
    return reload(db, id);
  });
  return c.json(userJson(changed));
};
