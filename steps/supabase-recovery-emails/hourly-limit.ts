/** How long to rest when Auth's mails of the hour are used up, which it does not say itself. Pure. */

const hourMs = 3_600_000;
const firstRestMs = 60_000;
const longestRestMs = 5 * 60_000;
/** Between two tries while the renewal is due. */
const dueRestMs = 30_000;
const shortestRestMs = 1_000;

export interface Rest {
  readonly ms: number;
  /** Epoch ms: the limit is renewed between these two; null: not seen yet. */
  readonly renewal: { readonly from: number; readonly to: number } | null;
}

/**
 * Auth counts by the hour, from its own start. Where the limit was once seen to be renewed, it is again an hour later,
 * and no rest lasts beyond that. The tries in between stay: a limit written as `30/1m` gives one mail a minute.
 */
export class HourlyLimit {
  #refusals = 0;
  #refusedAt: number | null = null;
  #seen: { readonly from: number; readonly to: number } | null = null;

  /** A mail went out. */
  passed(now: number): void {
    if (this.#refusedAt !== null) this.#seen = { from: this.#refusedAt, to: now };
    this.#refusedAt = null;
    this.#refusals = 0;
  }

  refused(now: number): Rest {
    this.#refusedAt = now;
    const ms = Math.min(longestRestMs, firstRestMs * 2 ** this.#refusals);
    this.#refusals += 1;
    const renewal = this.#nextRenewal(now);
    if (renewal === null) return { ms, renewal };
    const known = renewal.from > now ? renewal.from - now : dueRestMs;
    return { ms: Math.max(shortestRestMs, Math.min(ms, known)), renewal };
  }

  #nextRenewal(now: number): Rest['renewal'] {
    if (this.#seen === null) return null;
    const { from, to } = this.#seen;
    const hours = Math.floor((now - to) / hourMs) + 1;
    return { from: from + hours * hourMs, to: to + hours * hourMs };
  }
}
