/** Whom a mailed token belongs to, and what becomes of the account when it is spent. */
import { confirmEmail, setPassword } from './account-changes.ts';
import { normalEmail } from './addresses.ts';
import { audit } from './audit.ts';
import { AuthError, invalid } from './auth-error.ts';
import type { Queryable } from './database.ts';
import { agreeToEmailChange } from './email-change.ts';
import {
  consumeRecoveryToken,
  findByToken,
  isExpired,
  pkcePrefix,
  type TokenType,
  tokenHash,
} from './one-time-tokens.ts';
import { unguessed } from './passwords.ts';
import type { Service } from './service.ts';
import { findByEmail, isBanned, refreshProviders, reload, type User } from './users.ts';

export type LinkType = 'recovery' | 'magiclink' | 'signup' | 'invite' | 'email_change';

/** Which token opens a link of which type: one of another kind opens nothing. */
const tokenTypes: Readonly<Record<LinkType | 'email', readonly TokenType[]>> = {
  recovery: ['recovery_token'],
  magiclink: ['recovery_token'],
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  email: ['confirmation_token', 'recovery_token'],
  email_change: ['email_change_token_current', 'email_change_token_new'],
};

const isKnown = (type: string): type is keyof typeof tokenTypes => Object.hasOwn(tokenTypes, type);

const assertKnown = (type: string): keyof typeof tokenTypes => {
  if (!isKnown(type)) throw invalid('Invalid email verification type');
  return type;
};

export interface Opened {
  readonly user: User;
  /** What `email` turned out to be. */
  readonly type: LinkType;
  readonly token: string;
}

const sentAt = (user: User, type: LinkType): Date | null => {
  if (type === 'email_change') return user.email_change_sent_at;
  return type === 'recovery' || type === 'magiclink' ? user.recovery_sent_at : user.confirmation_sent_at;
};

const banned = (): AuthError => new AuthError(403, 'user_banned', 'User is banned');

/** Refuses without spending it: who is banned today may use the link when the ban is lifted. */
export const openedByHash = async (
  db: Queryable,
  { config }: Service,
  given: string,
  token: string,
): Promise<Opened> => {
  const known = assertKnown(given);
  const expired = new AuthError(403, 'otp_expired', 'Email link is invalid or has expired');
  const user = await findByToken(db, tokenTypes[known], token);
  if (!user) throw expired;
  if (isBanned(user)) throw banned();
  const byMail = user.recovery_token === token ? 'magiclink' : 'signup';
  const type = known === 'email' ? byMail : known;
  if (isExpired(sentAt(user, type), config.mailer.otpExpirySeconds)) throw expired;
  return { user, type, token };
};

/** By the digits of the mail, and the address that they were sent to. */
export const openedByOtp = async (
  db: Queryable,
  { config }: Service,
  { type: given, email, otp, aud }: { type: string; email: string; otp: string; aud: string },
): Promise<Opened> => {
  const expired = new AuthError(403, 'otp_expired', 'Token has expired or is invalid');
  const token = tokenHash(email, otp);
  const user =
    given === 'email_change'
      ? ((await findByToken(db, tokenTypes.email_change, token)) ??
        (await findByToken(db, tokenTypes.email_change, pkcePrefix + token)))
      : await findByEmail(db, email, aud);
  if (!user) throw expired;
  if (isBanned(user)) throw banned();
  if (!isKnown(given)) throw expired;
  const candidates: readonly LinkType[] = given === 'email' ? ['signup', 'magiclink'] : [given];
  const type = candidates.find(
    (candidate) =>
      tokenTypes[candidate].some((column) => [token, pkcePrefix + token].includes(user[column])) &&
      !isExpired(sentAt(user, candidate), config.mailer.otpExpirySeconds),
  );
  if (!type) throw expired;
  return { user, type, token };
};

export const mailedAddress = (email: string): string => {
  try {
    return normalEmail(email);
  } catch {
    throw new AuthError(422, 'validation_failed', 'Invalid email format');
  }
};

/** The token is used up after this. null: another token has to follow. */
export const spend = async (db: Queryable, service: Service, opened: Opened): Promise<User | null> => {
  const { user, type, token } = opened;
  if (type === 'email_change') {
    if ((await agreeToEmailChange(db, service, user, token)) === null) return null;
  } else if (type === 'signup' || type === 'invite') await confirmSignup(db, user);
  else {
    await consumeRecoveryToken(db, user.id);
    if (user.email_confirmed_at === null) {
      await audit(db, 'user_signedup', user, { provider: 'email' });
      await confirmEmail(db, user.id);
    } else await audit(db, 'login', user);
  }
  await refreshProviders(db, user.id);
  return reload(db, user.id);
};

/** Who was invited has no password yet: the one that is set is unknown, until the app asks for another. */
const confirmSignup = async (db: Queryable, user: User): Promise<void> => {
  if (!user.encrypted_password && user.invited_at !== null) await setPassword(db, user, unguessed(), null);
  await audit(db, 'user_signedup', user, { provider: 'email' });
  await confirmEmail(db, user.id);
  await db.query(
    `UPDATE auth.identities SET identity_data = identity_data || '{"email_verified": true}' WHERE user_id = $1 AND email = $2`,
    [user.id, user.email],
  );
};
