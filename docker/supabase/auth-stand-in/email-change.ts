/** A user's new address: both addresses have to agree, where GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED is on. */
import { confirmEmail, setEmail } from './account-changes.ts';
import { audit } from './audit.ts';
import { unexpected } from './auth-error.ts';
import type { Queryable } from './database.ts';
import { assertMayMail, assertNotTooSoon, mailData } from './mailed-links.ts';
import { deleteToken, deleteTokens, insertToken, newOtp, pkcePrefix, tokenHash } from './one-time-tokens.ts';
import type { Service } from './service.ts';
import { reload, type User } from './users.ts';

interface Mailed {
  readonly to: string;
  readonly otp: string;
  readonly token: string;
}

/** One mail to the new address, and one to the old. Counts as one of the hour. */
export const mailEmailChange = async (
  db: Queryable,
  service: Service,
  user: User,
  wanted: string,
  { redirectTo, withCode }: { redirectTo: string; withCode: boolean },
): Promise<void> => {
  const { config, mailer } = service;
  assertNotTooSoon(user.email_change_sent_at, config.smtp.maxFrequencyMs);
  const addressed = (to: string): Mailed => {
    const otp = newOtp(config.mailer.otpLength);
    return { to, otp, token: (withCode ? pkcePrefix : '') + tokenHash(to, otp) };
  };
  const next = addressed(wanted);
  const current = config.mailer.secureEmailChange && user.email ? addressed(user.email) : null;
  assertMayMail(service, [wanted, current?.to ?? '']);
  const sentAt = new Date();
  const send = ({ to, otp, token }: Mailed) =>
    mailer.send('email_change', to, {
      ...mailData(config, user, { type: 'email_change', token, otp, redirectTo }),
      NewEmail: wanted,
      SendingTo: to,
    });
  try {
    await Promise.all([next, ...(current ? [current] : [])].map(send));
  } catch (error) {
    throw unexpected('Error sending email change email', error);
  }
  const currentToken = current?.token ?? user.email_change_token_current;
  await db.query(
    `UPDATE auth.users SET email_change = $2, email_change_token_new = $3, email_change_token_current = $4,
       email_change_sent_at = $5, email_change_confirm_status = 0, updated_at = now() WHERE id = $1`,
    [user.id, wanted, next.token, currentToken, sentAt],
  );
  if (currentToken !== '')
    await insertToken(db, user.id, 'email_change_token_current', currentToken, user.email ?? '');
  await insertToken(db, user.id, 'email_change_token_new', next.token, wanted);
};

/** null: the other address has to agree as well. */
export const agreeToEmailChange = async (
  db: Queryable,
  { config }: Service,
  user: User,
  token: string,
): Promise<User | null> => {
  const { autoconfirm, secureEmailChange } = config.mailer;
  if (!autoconfirm && secureEmailChange && user.email_change_confirm_status === 0 && user.email) {
    await db.query(
      'UPDATE auth.users SET email_change_confirm_status = 1, updated_at = now() WHERE id = $1',
      [user.id],
    );
    const which = (['email_change_token_current', 'email_change_token_new'] as const).find(
      (column) => user[column] === token,
    );
    if (which) {
      await db.query(`UPDATE auth.users SET ${which} = '' WHERE id = $1`, [user.id]);
      await deleteToken(db, user.id, which);
    }
    return null;
  }
  await audit(db, 'user_modified', user);
  await setEmail(db, user.id, user.email_change, true);
  await db.query(
    `UPDATE auth.users SET is_anonymous = false, email_change = '', email_change_token_current = '',
       email_change_token_new = '', email_change_confirm_status = 0, updated_at = now() WHERE id = $1`,
    [user.id],
  );
  await deleteTokens(db, user.id);
  if (user.email_confirmed_at === null) await confirmEmail(db, user.id);
  return reload(db, user.id);
};
