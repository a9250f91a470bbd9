/** Changes of a user that both the administrator and the user can make. */
import type { Queryable } from './database.ts';
import { insertIdentity } from './new-users.ts';
import { deleteTokens } from './one-time-tokens.ts';
import { hashPassword } from './passwords.ts';
import { endSessions } from './sessions.ts';
import { mergeMetadata, type User } from './users.ts';

/** Every mailed link dies with the old password, and so does every session but `keepSession`. */
export const setPassword = async (
  db: Queryable,
  user: User,
  password: string,
  keepSession: string | null,
): Promise<void> => {
  await db.query(
    `UPDATE auth.users SET encrypted_password = $2, confirmation_token = '', confirmation_sent_at = NULL,
       recovery_token = '', recovery_sent_at = NULL, email_change_token_current = '', email_change_token_new = '',
       email_change_sent_at = NULL, phone_change_token = '', phone_change_sent_at = NULL,
       reauthentication_token = '', reauthentication_sent_at = NULL, updated_at = now() WHERE id = $1`,
    [user.id, await hashPassword(password)],
  );
  await deleteTokens(db, user.id);
  await endSessions(db, user.id, keepSession === null ? 'global' : 'others', keepSession);
};

/** Also a side effect on links: confirming an address deletes every one-time token of the user. */
export const confirmEmail = async (db: Queryable, userId: string): Promise<void> => {
  await db.query(
    "UPDATE auth.users SET confirmation_token = '', email_confirmed_at = now(), updated_at = now() WHERE id = $1",
    [userId],
  );
  await mergeMetadata(db, userId, 'raw_user_meta_data', { email_verified: true });
  await deleteTokens(db, userId);
};

export const confirmPhone = async (db: Queryable, userId: string): Promise<void> => {
  await db.query(
    "UPDATE auth.users SET confirmation_token = '', phone_confirmed_at = now(), updated_at = now() WHERE id = $1",
    [userId],
  );
  await deleteTokens(db, userId);
};

/** A way to be reached: in the user's row, and in an identity that is made where there was none. */
const setContact = async (
  db: Queryable,
  userId: string,
  provider: 'email' | 'phone',
  value: string,
  verified: boolean,
): Promise<void> => {
  await db.query(`UPDATE auth.users SET ${provider} = $2, updated_at = now() WHERE id = $1`, [userId, value]);
  const data = { [provider]: value, [`${provider}_verified`]: verified };
  const { rowCount } = await db.query(
    'UPDATE auth.identities SET identity_data = identity_data || $3::jsonb, updated_at = now() WHERE user_id = $1 AND provider = $2',
    [userId, provider, data],
  );
  if (!rowCount) await insertIdentity(db, userId, provider, { sub: userId, ...data });
};

export const setEmail = (db: Queryable, userId: string, email: string, verified: boolean): Promise<void> =>
  setContact(db, userId, 'email', email, verified);

export const setPhone = (db: Queryable, userId: string, phone: string, verified: boolean): Promise<void> =>
  setContact(db, userId, 'phone', phone, verified);

/** @param ms from now, also into the past; 0 lifts it */
export const setBan = (db: Queryable, userId: string, ms: number): Promise<unknown> =>
  db.query('UPDATE auth.users SET banned_until = $2, updated_at = now() WHERE id = $1', [
    userId,
    ms === 0 ? null : new Date(Date.now() + ms),
  ]);
