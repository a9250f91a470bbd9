/** /admin/users: what the service_role key may do to users. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { DatabaseError } from 'pg';
import { z } from 'zod';
import { confirmEmail, setEmail, setPassword } from './account-changes.ts';
import { about, audit, serviceRole } from './audit.ts';
import { AuthError, invalid, unexpected } from './auth-error.ts';
import { audienceOf, requireAdmin } from './bearer.ts';
import { inTransaction, type Queryable } from './database.ts';
import { assertHash, assertStrong, hashPassword } from './passwords.ts';
import { readBody } from './request-body.ts';
import type { Env, Service } from './service.ts';
import {
  countUsers,
  findByEmail,
  findById,
  listUsers,
  mergeMetadata,
  noInstance,
  normalEmail,
  reload,
  type User,
  userJson,
} from './users.ts';

const metadata = z.record(z.string(), z.unknown()).nullish();
const userParams = z.object({
  id: z.string().optional(),
  aud: z.string().optional(),
  role: z.string().optional(),
  email: z.string().default(''),
  email_confirm: z.boolean().default(false),
  password: z.string().nullish(),
  password_hash: z.string().default(''),
  user_metadata: metadata,
  app_metadata: metadata,
});
type UserParams = z.output<typeof userParams>;

export const adminUsers = (service: Service): Hono<Env> => {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await requireAdmin(c, service);
    await next();
  });
  app.get('/', (c) => list(c, service));
  app.post('/', (c) => create(c, service));
  app.get('/:id', async (c) => c.json(userJson(await load(c, service))));
  app.put('/:id', (c) => update(c, service));
  app.delete('/:id', (c) => remove(c, service));
  return app;
};

const load = async (c: Context<Env>, { pool }: Service): Promise<User> => {
  const id = z.uuid().safeParse(c.req.param('id'));
  if (!id.success) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  const user = await findById(pool, id.data);
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found');
  return user;
};

const whole = (text: string | undefined, fallback: number): number => {
  if (text === undefined || text === '') return fallback;
  if (!/^\d+$/.test(text)) throw invalid(`Bad Pagination Parameters: ${text} is not a whole number`);
  return Number(text);
};

const list = async (c: Context<Env>, service: Service) => {
  const aud = audienceOf(c, service);
  const page = whole(c.req.query('page'), 1);
  const perPage = whole(c.req.query('per_page'), 50);
  if (perPage === 0)
    throw unexpected('Unexpected failure, please check server logs', new Error('per_page=0'));
  const filter = c.req.query('filter') ?? '';
  const offset = Math.max(0, page - 1) * perPage;
  const users = await listUsers(service.pool, { aud, filter, limit: perPage, offset });
  const total = await countUsers(service.pool, aud, filter);
  c.header('X-Total-Count', String(total));
  c.header('Link', pageLinks(new URL(c.req.url), page, Math.ceil(total / perPage)));
  return c.json({ users: users.map(userJson), aud });
};

const pageLinks = (url: URL, page: number, last: number): string => {
  const link = (to: number, rel: string): string => {
    url.searchParams.set('page', String(to));
    url.searchParams.sort();
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  return [...(last > page ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', ');
};

const create = async (c: Context<Env>, service: Service) => {
  const params = await readBody(c, userParams);
  const aud = params.aud || audienceOf(c, service);
  if (params.email === '') throw invalid('Cannot create a user without either an email or phone');
  const email = normalEmail(params.email);
  if (await findByEmail(service.pool, email, aud))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  const id = ownId(params.id);
  const encryptedPassword = await passwordOf(params);
  const user = await inTransaction(service.pool, c.var.deadline, async (db) => {
    await insert(db, {
      id,
      aud,
      email,
      encryptedPassword,
      role: params.role || service.config.jwt.defaultRole,
      params,
    });
    await audit(db, 'user_signedup', serviceRole, { ...about({ id, email }), provider: 'email' });
    if (params.email_confirm) await confirmEmail(db, id);
    return reload(db, id);
  }).catch((error: unknown) => {
    throw error instanceof DatabaseError ? unexpected('Database error creating new user', error) : error;
  });
  return c.json(userJson(user));
};

const ownId = (given: string | undefined): string => {
  if (given === undefined || given === '') return randomUUID();
  const id = z.guid().safeParse(given);
  if (!id.success) throw invalid('ID must conform to the uuid v4 format');
  if (id.data === noInstance) throw invalid('ID cannot be a nil uuid');
  return id.data.toLowerCase();
};

/** Nobody knows the password of a user that was made without one. */
const passwordOf = ({ password, password_hash: given }: UserParams): Promise<string> | string => {
  if (password && given !== '') throw invalid('Only a password or a password hash should be provided');
  return given === '' ? hashPassword(password || randomBytes(32).toString('base64url')) : assertHash(given);
};

interface NewUser {
  readonly id: string;
  readonly aud: string;
  readonly role: string;
  readonly email: string;
  readonly encryptedPassword: string;
  readonly params: UserParams;
}

const insert = async (db: Queryable, { id, aud, role, email, encryptedPassword, params }: NewUser) => {
  const appMetadata = { provider: 'email', providers: ['email'], ...params.app_metadata };
  await db.query(
    `INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, confirmation_token, recovery_token,
       email_change_token_new, email_change, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
     VALUES ('${noInstance}', $1, $2, $3, $4, $5, '', '', '', '', $6, $7, now(), now())`,
    [id, aud, role, email, encryptedPassword, appMetadata, params.user_metadata ?? {}],
  );
  await db.query(
    `INSERT INTO auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     VALUES ($1::text, $1::text::uuid, $2, 'email', now(), now(), now())`,
    [id, { sub: id, email, email_verified: false, phone_verified: false }],
  );
};

const update = async (c: Context<Env>, service: Service) => {
  const user = await load(c, service);
  const params = await readBody(c, userParams);
  const email = params.email === '' ? null : normalEmail(params.email);
  if (params.password) assertStrong(params.password, service.config.passwordMinLength);
  const { pool } = service;
  const changed = await inTransaction(pool, c.var.deadline, async (db) => {
    if (params.role) await db.query('UPDATE auth.users SET role = $2 WHERE id = $1', [user.id, params.role]);
    if (params.email_confirm) await confirmEmail(db, user.id);
    if (params.password) await setPassword(db, user, params.password, null);
    if (email !== null) await setEmail(db, user.id, email);
    if (params.app_metadata) await mergeMetadata(db, user.id, 'raw_app_meta_data', params.app_metadata);
    if (params.user_metadata) await mergeMetadata(db, user.id, 'raw_user_meta_data', params.user_metadata);
    await audit(db, 'user_modified', serviceRole, about(user));
    return reload(db, user.id);
  }).catch((error: unknown) => {
    throw error instanceof DatabaseError ? unexpected('Error updating user', error) : error;
  });
  return c.json(userJson(changed));
};

const removal = z.object({ should_soft_delete: z.boolean().default(false) });

const remove = async (c: Context<Env>, service: Service) => {
  const user = await load(c, service);
  const { should_soft_delete: softly } = await readBody(c, removal);
  await inTransaction(service.pool, c.var.deadline, async (db) => {
    await audit(db, 'user_deleted', serviceRole, about(user));
    await (softly ? hide(db, user) : db.query('DELETE FROM auth.users WHERE id = $1', [user.id]));
  });
  return c.json({});
};

/** The row stays, and stays listed, under an address that nobody can read. */
const hide = async (db: Queryable, user: User): Promise<void> => {
  const hidden = createHash('sha256')
    .update(user.id + (user.email ?? ''))
    .digest('base64');
  await db.query(
    `UPDATE auth.users SET deleted_at = now(), email = $2, encrypted_password = '', recovery_token = '',
       confirmation_token = '', raw_app_meta_data = '{}', raw_user_meta_data = '{}', updated_at = now() WHERE id = $1`,
    [user.id, hidden],
  );
  for (const table of ['one_time_tokens', 'sessions', 'identities'])
    await db.query(`DELETE FROM auth.${table} WHERE user_id = $1`, [user.id]);
};
