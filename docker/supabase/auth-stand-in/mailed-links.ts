/** A mail with a link: who may get one, how often, and what the database keeps of it. */
import { AuthError, unexpected } from './auth-error.ts';
import type { Config, MailType } from './config.ts';
import type { Queryable } from './database.ts';
import type { MailData } from './mailer.ts';
import { keepToken, newOtp, pkcePrefix, type TokenKind, tokenHash } from './one-time-tokens.ts';
import type { Service } from './service.ts';
import type { User } from './users.ts';

/** The host is API_EXTERNAL_URL's, its path is dropped: behind a gateway the path must say so itself. */
export const actionLink = (
  { mailer, externalUrl }: Config,
  { token, type, redirectTo }: { token: string; type: MailType; redirectTo: string },
): string => {
  const target = /[&=#]/.test(redirectTo)
    ? new URLSearchParams([['', redirectTo]]).toString().slice(1)
    : redirectTo;
  const { href } = new URL(mailer.mails[type].path, externalUrl);
  return `${href}?token=${encodeURIComponent(token)}&type=${type}&redirect_to=${target}`;
};

interface Kind {
  readonly token: TokenKind;
  /** null: an administrator may ask as often as it pleases. */
  readonly lastSentAt: ((user: User) => Date | null) | null;
  readonly failure: string;
}

const kinds: Readonly<Record<Exclude<MailType, 'email_change'>, Kind>> = {
  signup: {
    token: 'confirmation',
    lastSentAt: (user) => user.confirmation_sent_at,
    failure: 'Error sending confirmation email',
  },
  invite: { token: 'confirmation', lastSentAt: null, failure: 'Error sending invite email' },
  magiclink: {
    token: 'recovery',
    lastSentAt: (user) => user.recovery_sent_at,
    failure: 'Error sending magic link email',
  },
  recovery: {
    token: 'recovery',
    lastSentAt: (user) => user.recovery_sent_at,
    failure: 'Error sending recovery email',
  },
};

export interface LinkMail {
  readonly type: keyof typeof kinds;
  readonly redirectTo: string;
  /** The link yields a code instead of a session. */
  readonly withCode: boolean;
}

/**
 * The mail goes out before the transaction commits: on a timeout the user may hold a link that the database
 * never heard of.
 */
export const mailLink = async (
  db: Queryable,
  service: Service,
  user: User,
  { type, redirectTo, withCode }: LinkMail,
): Promise<void> => {
  const kind = kinds[type];
  if (kind.lastSentAt) assertNotTooSoon(kind.lastSentAt(user), service.config.smtp.maxFrequencyMs);
  const to = user.email ?? '';
  assertMayMail(service, [to]);
  const otp = newOtp(service.config.mailer.otpLength);
  const token = (withCode ? pkcePrefix : '') + tokenHash(to, otp);
  const sentAt = new Date();
  try {
    await service.mailer.send(type, to, mailData(service.config, user, { type, token, otp, redirectTo }));
  } catch (error) {
    throw unexpected(kind.failure, error);
  }
  await keepToken(db, user, kind.token, token, sentAt);
};

export const mailData = (
  config: Config,
  user: User,
  { type, token, otp, redirectTo }: { type: MailType; token: string; otp: string; redirectTo: string },
): MailData => ({
  SiteURL: config.siteUrl,
  ConfirmationURL: actionLink(config, { token, type, redirectTo }),
  Email: user.email ?? '',
  Token: otp,
  TokenHash: token,
  Data: user.raw_user_meta_data ?? {},
  RedirectTo: redirectTo,
});

export const assertNotTooSoon = (sentAt: Date | null, maxFrequencyMs: number): void => {
  const waitMs = sentAt === null ? 0 : sentAt.getTime() + maxFrequencyMs - Date.now();
  if (waitMs > 0)
    throw new AuthError(
      429,
      'over_email_send_rate_limit',
      `For security purposes, you can only request this after ${Math.trunc(waitMs / 1_000)} seconds.`,
    );
};

/** Counts one mail of the hour. With autoconfirm only a limit of none at all is one. */
export const assertMayMail = ({ config, limits }: Service, addresses: readonly string[]): void => {
  const { authorized } = config.email;
  const known = (address: string): boolean =>
    authorized.some((one) => one.toLowerCase() === address.replace(/\+[^@]+@/g, '@').toLowerCase());
  const stranger = addresses.find((address) => address !== '' && authorized.length > 0 && !known(address));
  if (stranger !== undefined)
    throw new AuthError(
      400,
      'email_address_not_authorized',
      `Email address "${stranger}" cannot be used as it is not authorized`,
    );
  const allowed = config.limits.emailSent.events !== 0 && (config.mailer.autoconfirm || limits.email.allow());
  if (!allowed) throw new AuthError(429, 'over_email_send_rate_limit', 'email rate limit exceeded');
};
