/** Counters in memory, as in the real server: a restart forgets them. */
import { AuthError } from './auth-error.ts';
import type { Config } from './config.ts';
import { parseGoDuration } from './go-duration.ts';

export interface Limiter {
  /** False: over the limit. Counts only what it lets pass. */
  allow(now?: number): boolean;
}

const hourMs = 3_600_000;

/** So many in each hour; the hours count from the server's start. */
const perHour = (events: number, startedAt: number): Limiter => {
  let [hour, used] = [0, 0];
  return {
    allow: (now = Date.now()) => {
      const current = Math.floor((now - startedAt) / hourMs);
      if (current > hour) [hour, used] = [current, 0];
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

export interface Rate {
  readonly events: number;
  /** null: an hour. */
  readonly everyMs: number | null;
}

/**
 * `30`: thirty an hour. `30/1h`: thirty at once and then ONE an hour, which is not what it looks like; it is what the real
 * server makes of it. null: neither.
 */
export const parseRate = (setting: string): Rate | null => {
  const [, burst, every] = /^(\d+)\/(.+)$/.exec(setting) ?? [];
  if (burst !== undefined) {
    const everyMs = parseGoDuration(every ?? '');
    return everyMs === null ? null : { events: Number(burst), everyMs: everyMs > 0 ? everyMs : hourMs };
  }
  const events = setting.trim() === '' ? Number.NaN : Number(setting);
  return Number.isNaN(events) ? null : { events: Math.trunc(events), everyMs: null };
};

export const emailLimiter = ({ events, everyMs }: Rate, startedAt: number): Limiter =>
  everyMs === null ? perHour(events, startedAt) : bucket(events, everyMs);

const burst = 30;
const fiveMinutesMs = 300_000;
const maxAddresses = 10_000;

/** One bucket an address; throws 429. Without a configured header, and for a request without it, no limit. */
const addressLimiter = (header: string, newBucket: () => Limiter) => {
  const buckets = new Map<string, Limiter>();
  return (read: (name: string) => string | undefined): void => {
    const address = header === '' ? undefined : read(header)?.split(',')[0]?.trim();
    if (!address) return;
    if (buckets.size > maxAddresses) buckets.clear();
    const own = buckets.get(address) ?? newBucket();
    buckets.set(address, own);
    if (!own.allow()) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
  };
};

export type AddressLimiter = ReturnType<typeof addressLimiter>;

export interface Limits {
  readonly email: Limiter;
  readonly anonymous: AddressLimiter;
  readonly magicLink: AddressLimiter;
  readonly otp: AddressLimiter;
  readonly recover: AddressLimiter;
  readonly resend: AddressLimiter;
  readonly signup: AddressLimiter;
  readonly token: AddressLimiter;
  readonly user: AddressLimiter;
  readonly verify: AddressLimiter;
}

/** GOTRUE_RATE_LIMIT_OTP is one setting of six endpoints, and each has buckets of its own. */
export const makeLimits = ({
  header,
  emailSent,
  otp,
  anonymous,
  verify,
  token,
}: Config['limits']): Limits => {
  const per5Minutes = (events: number) => addressLimiter(header, () => bucket(burst, fiveMinutesMs / events));
  return {
    email: emailLimiter(emailSent, Date.now()),
    anonymous: addressLimiter(header, () => bucket(Math.trunc(anonymous), hourMs / anonymous)),
    magicLink: per5Minutes(otp),
    otp: per5Minutes(otp),
    recover: per5Minutes(otp),
    resend: per5Minutes(otp),
    signup: per5Minutes(otp),
    token: per5Minutes(token),
    user: per5Minutes(otp),
    verify: per5Minutes(verify),
  };
};
