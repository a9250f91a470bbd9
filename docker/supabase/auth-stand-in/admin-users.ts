/** /admin/users: what the service_role key may see of users, and their removal. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { userIdIn } from './addresses.ts';
import { about, audit, serviceRole } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { pageLinks, pageOf } from './pages.ts';
import { readOptionalBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import { countUsers, findById, listUsers, type User, userJson } from './users.ts';

export const loadUser = async (c: Context<Env>, { pool }: Service): Promise<User> => {
  const user = await findById(pool, userIdIn(c.req.param('id') ?? ''));
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found');
  return user;
};

/** `created_at`, and which way; the last one counts. */
const oldestFirst = (c: Context<Env>): boolean => {
  let ascending = false;
  for (const sort of c.req.queries('sort') ?? []) {
    const [, field, direction = 'desc'] = /^(\S*)(?: (.*))?$/.exec(sort) ?? [];
    if (field !== 'created_at') throw invalid(`Bad Sort Parameters: bad field for sort '${field}'`);
    const known = /^(asc|desc)$/i.exec(direction)?.[1];
    if (!known)
      throw invalid(
        `Bad Sort Parameters: bad direction for sort '${direction}', only 'asc' and 'desc' allowed`,
      );
    ascending = known.toLowerCase() === 'asc';
  }
  return ascending;
};

export const listAllUsers = async (c: Context<Env>, service: Service) => {
  const aud = audienceOf(c, service);
  const sorted = { oldestFirst: oldestFirst(c) };
  const page = pageOf(c);
  const filter = c.req.query('filter') ?? '';
  const users = await listUsers(service.pool, { aud, filter, ...sorted, ...page });
  const total = await countUsers(service.pool, aud, filter);
  if (page.limit === 0) throw unexpected('Internal Server Error', new Error('integer divide by zero'));
  pageLinks(c, page, total);
  return c.json({ users: users.map((user) => ({ ...userJson(user), identities: null })), aud });
};

const removal = z.object({ should_soft_delete: z.boolean().default(false) });

export const removeUser = async (c: Context<Env>, service: Service, user: User) => {
  const { should_soft_delete: softly } = await readOptionalBody(c, removal);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_deleted', serviceRole, about(user));
    if (!softly) await db.query('DELETE FROM auth.users WHERE id = $1', [user.id]);
    else if (user.deleted_at === null) await hide(db, user);
  });
  return c.json({});
};

const hidden = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('')).digest('base64url');

/** The row stays, and stays listed, under an address that nobody can read; so does each identity. */
const hide = async (db: Queryable, user: User): Promise<void> => {
  const { id } = user;
  await db.query(
    `UPDATE auth.users SET deleted_at = now(), email = $2, phone = $3, encrypted_password = NULL, recovery_token = '',
       confirmation_token = '', email_change = $4, email_change_token_new = '', email_change_token_current = '',
       phone_change_token = '', raw_app_meta_data = '{}', raw_user_meta_data = '{}', updated_at = now() WHERE id = $1`,
    [
      id,
      hidden(id, user.email ?? ''),
      user.phone === null ? null : hidden(id, user.phone).slice(0, 15),
      hidden(id),
    ],
  );
  for (const table of ['one_time_tokens', 'sessions'])
    await db.query(`DELETE FROM auth.${table} WHERE user_id = $1`, [id]);
  const { rows } = await db.query('SELECT id, provider_id FROM auth.identities WHERE user_id = $1', [id]);
  for (const identity of rows)
    await db.query("UPDATE auth.identities SET identity_data = '{}', provider_id = $2 WHERE id = $1", [
      identity.id,
      hidden(id, identity.provider_id),
    ]);
};
