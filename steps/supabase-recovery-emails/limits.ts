/** What Auth's own limits mean for a mailing, before the first mail: only Auth's settings tell which are in force. Pure. */
import { intervalMs, type Rate } from '../_kits/mailing/pace.ts';

/** GOTRUE_RATE_LIMIT_OTP: calls in five minutes from one address, and as many at once at first. */
const otpDefault = 30;
const otpIntervalMs = 300_000 / otpDefault;

/** null: at this pace the default is never met. */
const otpHours = (recipients: number, rate: Rate): number | null =>
  recipients <= otpDefault || intervalMs(rate) >= otpIntervalMs
    ? null
    : ((recipients - otpDefault) * otpIntervalMs) / 3_600_000;

/** One sentence for the dry run; null: neither limit can be met. */
export const limitsInWords = (recipients: number, rate: Rate): string | null => {
  if (recipients === 1) return null;
  const hours = otpHours(recipients, rate);
  const otp =
    hours === null
      ? ''
      : `. Where GOTRUE_RATE_LIMIT_HEADER is set, Auth also takes ${otpDefault} calls of /recover in 5 minutes from one address unless GOTRUE_RATE_LIMIT_OTP says more: ${recipients} recipients would take at least ${hours.toFixed(1)} hours`;
  return `whether Auth sends ${recipients} mails at this pace: GOTRUE_RATE_LIMIT_EMAIL_SENT is 30 an hour by default${otp}`;
};
