/** Rows of auth.users: how they are found, and how they look from outside. */
import { AuthError, unexpected } from './auth-error.ts';
import type { Queryable } from './database.ts';

type Json = Record<string, unknown>;

export const noInstance = '00000000-0000-0000-0000-000000000000';

/** What the real server reads into values that know no NULL. */
const fullColumns = [
  'role',
  'created_at',
  'updated_at',
  'email_change_confirm_status',
  'confirmation_token',
  'recovery_token',
  'email_change',
  'email_change_token_new',
  'email_change_token_current',
  'phone_change',
  'phone_change_token',
  'reauthentication_token',
] as const;

export interface User {
  readonly id: string;
  readonly aud: string;
  readonly role: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: Date | null;
  readonly phone_confirmed_at: Date | null;
  readonly confirmed_at: Date | null;
  readonly invited_at: Date | null;
  readonly confirmation_token: string;
  readonly recovery_token: string;
  readonly confirmation_sent_at: Date | null;
  readonly recovery_sent_at: Date | null;
  readonly email_change: string;
  readonly email_change_token_current: string;
  readonly email_change_token_new: string;
  readonly email_change_sent_at: Date | null;
  readonly email_change_confirm_status: number;
  readonly phone_change: string;
  readonly last_sign_in_at: Date | null;
  readonly raw_app_meta_data: Json | null;
  readonly raw_user_meta_data: Json | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly banned_until: Date | null;
  readonly deleted_at: Date | null;
  readonly is_sso_user: boolean;
  readonly is_anonymous: boolean;
  readonly identities: readonly Json[];
}

const selectUsers = `
  SELECT u.*, coalesce((
    SELECT json_agg(json_build_object(
      'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'identity_data', i.identity_data,
      'provider', i.provider, 'last_sign_in_at', i.last_sign_in_at, 'created_at', i.created_at,
      'updated_at', i.updated_at, 'email', i.email))
    FROM auth.identities i WHERE i.user_id = u.id), '[]') AS identities
  FROM auth.users u WHERE u.instance_id = '${noInstance}'`;

/** One such row spoils the whole answer. */
const assertFull = (row: Json, message: string): void => {
  const empty = fullColumns.find((column) => row[column] === null);
  if (empty !== undefined) throw unexpected(message, new Error(`${empty} of user ${String(row.id)} is NULL`));
};

const find = async (
  db: Queryable,
  condition: string,
  values: unknown[],
  message: string,
): Promise<User[]> => {
  const { rows } = await db.query(`${selectUsers} ${condition}`, values);
  for (const row of rows) assertFull(row, message);
  return rows;
};

export const findById = async (db: Queryable, id: string): Promise<User | undefined> =>
  (await find(db, 'AND u.id = $1', [id], 'Database error loading user'))[0];

/** SSO users are unknown by their address. */
export const findByEmail = async (db: Queryable, email: string, aud: string): Promise<User | undefined> =>
  (
    await find(
      db,
      'AND lower(u.email) = $1 AND u.aud = $2 AND u.is_sso_user = false',
      [email, aud],
      'Database error querying schema',
    )
  )[0];

/** Also known by an identity that is not of SSO, as after a change of the address elsewhere. */
export const findByIdentity = async (
  db: Queryable,
  email: string,
  aud: string,
): Promise<User | undefined> => {
  const { rows } = await db.query(
    `SELECT u.id FROM auth.identities i JOIN auth.users u ON u.id = i.user_id
     WHERE i.email = $1 AND i.provider NOT LIKE 'sso:%' AND u.aud = $2 LIMIT 1`,
    [email, aud],
  );
  return rows[0] ? findById(db, rows[0].id) : findByEmail(db, email, aud);
};

export const isKnownPhone = async (db: Queryable, phone: string, aud: string): Promise<boolean> => {
  const { rowCount } = await db.query('SELECT FROM auth.users WHERE phone = $1 AND aud = $2', [phone, aud]);
  return Boolean(rowCount);
};

export interface Page {
  readonly aud: string;
  readonly filter: string;
  readonly oldestFirst: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Without a tie-breaker: users imported at one time may be skipped or repeated between pages. */
export const listUsers = (
  db: Queryable,
  { aud, filter, oldestFirst, limit, offset }: Page,
): Promise<User[]> =>
  find(
    db,
    `AND u.aud = $1 AND ($2 = '' OR u.email LIKE '%' || $2 || '%' OR u.raw_user_meta_data ->> 'full_name' ILIKE '%' || $2 || '%')
     ORDER BY u.created_at ${oldestFirst ? 'ASC' : 'DESC'} LIMIT $3 OFFSET $4`,
    [aud, filter, limit, offset],
    'Database error finding users',
  );

export const countUsers = async (db: Queryable, aud: string, filter: string): Promise<number> => {
  const { rows } = await db.query(
    `SELECT count(*)::int AS n FROM auth.users u WHERE u.instance_id = '${noInstance}' AND u.aud = $1
     AND ($2 = '' OR u.email LIKE '%' || $2 || '%' OR u.raw_user_meta_data ->> 'full_name' ILIKE '%' || $2 || '%')`,
    [aud, filter],
  );
  return rows[0].n;
};

/** Throws what the database's user after the fact must be: it was there a moment ago. */
export const reload = async (db: Queryable, id: string): Promise<User> => {
  const user = await findById(db, id);
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found');
  return user;
};

export const isBanned = ({ banned_until: until }: User): boolean =>
  until !== null && until.getTime() > Date.now();

/** Absent values are left out, as the real server does; password and tokens never leave. */
export const userJson = (user: User): Json => {
  const times = {
    email_confirmed_at: user.email_confirmed_at,
    invited_at: user.invited_at,
    phone_confirmed_at: user.phone_confirmed_at,
    confirmation_sent_at: user.confirmation_sent_at,
    confirmed_at: user.confirmed_at,
    recovery_sent_at: user.recovery_sent_at,
    email_change_sent_at: user.email_change_sent_at,
    last_sign_in_at: user.last_sign_in_at,
    banned_until: user.banned_until,
    deleted_at: user.deleted_at,
  };
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    phone: user.phone ?? '',
    ...(user.email_change !== '' && { new_email: user.email_change }),
    ...(user.phone_change !== '' && { new_phone: user.phone_change }),
    ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== null)),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: user.identities,
    created_at: user.created_at,
    updated_at: user.updated_at,
    is_anonymous: user.is_anonymous,
  };
};

/** A key with null is removed, the others are set, what is not named stays. */
export const mergeMetadata = (
  db: Queryable,
  id: string,
  column: 'raw_app_meta_data' | 'raw_user_meta_data',
  changes: Json,
): Promise<unknown> => {
  const removed = Object.keys(changes).filter((key) => changes[key] === null);
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  return db.query(
    `UPDATE auth.users SET ${column} = (coalesce(${column}, '{}') || $2::jsonb) - $3::text[], updated_at = now() WHERE id = $1`,
    [id, JSON.stringify(set), removed],
  );
};

/** The providers of its identities, as each opened link writes them down. */
export const refreshProviders = (db: Queryable, id: string): Promise<unknown> =>
  db.query(
    `UPDATE auth.users SET updated_at = now(), raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || (
       SELECT jsonb_strip_nulls(jsonb_build_object('providers', jsonb_agg(provider ORDER BY created_at),
         'provider', (array_agg(provider ORDER BY created_at))[1]))
       FROM auth.identities WHERE user_id = $1) WHERE id = $1`,
    [id],
  );
