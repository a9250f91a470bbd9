/** What an answer of /recover means for this recipient and for the others. supabase-js throws for none of them. */
import type { AuthError } from '@supabase/supabase-js';
import type { Verdict } from '../_kits/mailing/send-all.ts';
import type { Wire } from '../_targets/supabase/client.ts';
import { HourlyLimit } from './hourly-limit.ts';

/** Too many requests from this address. */
const slowDownRestMs = 30_000;
const unreachableRestMs = 5_000;
/** So often in a row before a person looks. */
const patience = 5;

/** Of settings, not of one address. */
const forEverybody = new Set([
  'captcha_failed',
  'email_provider_disabled',
  'no_authorization',
  'bad_jwt',
  'not_admin',
]);

export interface Answer {
  readonly error: AuthError | null;
  readonly wire: Wire;
}

export interface Judged {
  readonly verdict: Verdict;
  /** For the log: why it is slower from now on. */
  readonly note?: string;
  /** The pace itself is too fast for this server. */
  readonly slower?: boolean;
}

/** Remembers how often in a row it was told to wait, and when Auth's hour was renewed. */
export class Answers {
  readonly #now: () => number;
  readonly #hourly = new HourlyLimit();
  #unreachable = 0;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  judge({ error, wire }: Answer, email: string): Judged {
    if (!error) {
      this.#hourly.passed(this.#now());
      this.#unreachable = 0;
      return { verdict: { state: 'done' } };
    }
    const why = `${error.message}${error.code ? ` (${error.code})` : ''}`.replaceAll(email, 'the address');
    if (wire.outcome === 'unsent') return this.#notReached(why);
    if (wire.outcome !== 'answered' || wire.status === null)
      return { verdict: { state: 'unknown', why: `no answer: ${why}` } };
    this.#unreachable = 0;
    if (wire.status === 429) return this.#tooMany(error, why);
    // Auth mails inside its transaction: the mail may be out although the answer says that it failed.
    if (wire.status >= 500)
      return { verdict: { state: 'unknown', why: `Auth answers ${wire.status}: ${why}` } };
    if (wire.status < 400)
      return { verdict: { state: 'unknown', why: `an answer that cannot be read: ${why}` } };
    if (
      wire.status === 401 ||
      wire.status === 403 ||
      wire.status === 404 ||
      forEverybody.has(error.code ?? '')
    )
      return { verdict: stopped(why, 'Check url and keys of the target, and the settings of Auth', false) };
    return { verdict: { state: 'failed', why: `Auth refuses: ${why}` } };
  }

  #notReached(why: string): Judged {
    this.#unreachable += 1;
    if (this.#unreachable >= patience)
      return {
        verdict: stopped(`Auth cannot be reached: ${why}`, 'Look at the status of the project', true),
      };
    return {
      verdict: { state: 'not-done', why, restMs: unreachableRestMs },
      note: `Auth cannot be reached: ${why}`,
    };
  }

  /** Three limits, and two of them share a code. */
  #tooMany(error: AuthError, why: string): Judged {
    const seconds = /after (\d+) seconds?/.exec(error.message)?.[1];
    if (seconds !== undefined)
      return {
        verdict: { state: 'not-done', why, deferMs: (Number(seconds) + 1) * 1_000 },
        note: `one recipient was written to a moment ago: again in ${Number(seconds) + 1} s, the others meanwhile`,
      };
    if (error.code === 'over_email_send_rate_limit') {
      const { ms: restMs, renewal } = this.#hourly.refused(this.#now());
      const minutes = Math.max(1, Math.round(restMs / 60_000));
      return {
        verdict: { state: 'not-done', why, restMs },
        note: `Auth's limit of mails is used up (GOTRUE_RATE_LIMIT_EMAIL_SENT): next try in ${minutes} min${renewal ? `, it is renewed at about ${timeOf(renewal.to)} UTC` : ''}`,
      };
    }
    return {
      verdict: { state: 'not-done', why, restMs: slowDownRestMs },
      slower: true,
      note: `too many requests from this address (GOTRUE_RATE_LIMIT_OTP; ${error.code ?? 'no code'}): ${slowDownRestMs / 1_000} s of rest, then half as fast`,
    };
  }
}

const timeOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(11, 16);

const stopped = (why: string, remedy: string, retryable: boolean): Verdict => ({
  state: 'not-done',
  why,
  stop: { why, remedy, retryable },
});
