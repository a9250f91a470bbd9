/** The mailed credential: only its hash is kept, and it works once. */
import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Queryable } from './database.ts';
import { findById, type User } from './users.ts';

/** Marks tokens that yield a code instead of a session. */
export const pkcePrefix = 'pkce_';

/** Which column of the user a link's token is in. */
export type TokenKind = 'recovery' | 'confirmation';

export type TokenType = `${TokenKind}_token` | 'email_change_token_current' | 'email_change_token_new';

export const newOtp = (length: number): string =>
  String(randomInt(10 ** Math.min(length, 10))).padStart(length, '0');

export const tokenHash = (email: string, otp: string): string =>
  createHash('sha224')
    .update(email + otp)
    .digest('hex');

/** `sentAt` is what the token's age is counted from, whether a mail was sent or not. */
export const keepToken = async (
  db: Queryable,
  user: User,
  kind: TokenKind,
  token: string,
  sentAt: Date,
): Promise<void> => {
  await db.query(
    `UPDATE auth.users SET ${kind}_token = $2, ${kind}_sent_at = $3, updated_at = now() WHERE id = $1`,
    [user.id, token, sentAt],
  );
  await insertToken(db, user.id, `${kind}_token`, token, user.email ?? '');
};

/** One of a type: a second one replaces the first. */
export const insertToken = async (
  db: Queryable,
  userId: string,
  type: TokenType,
  hash: string,
  relatesTo: string,
): Promise<void> => {
  await deleteToken(db, userId, type);
  await db.query(
    'INSERT INTO auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to) VALUES ($1, $2, $3, $4, $5)',
    [randomUUID(), userId, type, hash, relatesTo.toLowerCase()],
  );
};

export const deleteToken = (db: Queryable, userId: string, type: TokenType): Promise<unknown> =>
  db.query('DELETE FROM auth.one_time_tokens WHERE user_id = $1 AND token_type = $2', [userId, type]);

export const findByToken = async (
  db: Queryable,
  types: readonly TokenType[],
  token: string,
): Promise<User | undefined> => {
  const { rows } = await db.query(
    'SELECT user_id FROM auth.one_time_tokens WHERE token_type::text = ANY($1) AND token_hash = $2',
    [types, token],
  );
  return rows[0] && findById(db, rows[0].user_id);
};

export const deleteTokens = (db: Queryable, userId: string): Promise<unknown> =>
  db.query('DELETE FROM auth.one_time_tokens WHERE user_id = $1', [userId]);

/** Consumes it: a second use, also after a mail scanner, finds nothing. */
export const consumeRecoveryToken = async (db: Queryable, userId: string): Promise<void> => {
  await db.query("UPDATE auth.users SET recovery_token = '', updated_at = now() WHERE id = $1", [userId]);
  await deleteTokens(db, userId);
};

export const isExpired = (sentAt: Date | null, expirySeconds: number): boolean =>
  sentAt === null || Date.now() > sentAt.getTime() + expirySeconds * 1_000;
