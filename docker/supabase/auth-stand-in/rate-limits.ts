/** Counters in memory, as in the real server: a restart forgets them. */
import { AuthError } from './auth-error.ts';
import type { Config } from './config.ts';

export interface Limiter {
  /** False: over the limit. Counts only what it lets pass. */
  allow(now?: number): boolean;
}

const hourMs = 3_600_000;
const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: hourMs };

/** So many in each hour, which begins with the first. */
const perHour = (events: number): Limiter => {
  let since = Number.NEGATIVE_INFINITY;
  let used = 0;
  return {
    allow: (now = Date.now()) => {
      if (now - since >= hourMs) [since, used] = [now, 0];
      if (used >= events) return false;
      used += 1;
      return true;
    },
  };
};

/** A full bucket at first, then one more each `everyMs`. */
export const bucket = (size: number, everyMs: number): Limiter => {
  let [tokens, at] = [size, Date.now()];
  return {
    allow: (now = Date.now()) => {
      tokens = Math.min(size, tokens + Math.max(0, now - at) / everyMs);
      at = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
};

/**
 * `30`: thirty an hour. `30/1h`: thirty at once and then ONE an hour, which is not what it looks like; it is
 * what the real server makes of it.
 */
export const emailLimiter = (setting: string): Limiter => {
  const burst = /^(\d+(?:\.\d+)?)\/(\d+)(ms|s|m|h)$/.exec(setting);
  if (burst) return bucket(Number(burst[1]), Number(burst[2]) * (unitMs[burst[3] ?? ''] ?? hourMs));
  const events = Number(setting);
  if (!Number.isFinite(events)) throw new Error(`GOTRUE_RATE_LIMIT_EMAIL_SENT=${setting} is not a rate`);
  return perHour(events);
};

const burst = 30;
const fiveMinutesMs = 300_000;
const maxAddresses = 10_000;

/** One bucket an address; throws 429. Without a configured header, and for a request without it, no limit. */
const addressLimiter = (header: string, per5Minutes: number) => {
  const buckets = new Map<string, Limiter>();
  return (read: (name: string) => string | undefined): void => {
    const address = header === '' ? undefined : read(header)?.split(',')[0]?.trim();
    if (!address) return;
    if (buckets.size > maxAddresses) buckets.clear();
    const own = buckets.get(address) ?? bucket(burst, fiveMinutesMs / per5Minutes);
    buckets.set(address, own);
    if (!own.allow()) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
  };
};

export type AddressLimiter = ReturnType<typeof addressLimiter>;

export interface Limits {
  readonly email: Limiter;
  readonly otp: AddressLimiter;
  readonly verify: AddressLimiter;
  readonly token: AddressLimiter;
}

export const makeLimits = ({ header, emailSent, otp, verify, token }: Config['limits']): Limits => ({
  email: emailLimiter(emailSent),
  otp: addressLimiter(header, otp),
  verify: addressLimiter(header, verify),
  token: addressLimiter(header, token),
});
