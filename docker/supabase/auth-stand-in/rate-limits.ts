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
  email: emailLimiter(emailSent, Date.now()),
  otp: addressLimiter(header, otp),
  verify: addressLimiter(header, verify),
  token: addressLimiter(header, token),
});
