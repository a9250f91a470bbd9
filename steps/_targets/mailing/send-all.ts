/**
 * Writes to everybody on a ledger who is certainly not written to yet, one after the other. What one mail came to is
 * the caller's to say; when to go on, to wait or to stop is decided here.
 */
import type { ActContext, Ledger } from '../../../engine/step.ts';
import type { Listed } from './gather.ts';
import type { Pace } from './pace.ts';
import type { Recipient } from './recipients.ts';

/** What became of one mail. */
export type Verdict =
  | { readonly state: 'done' }
  | { readonly state: 'failed' | 'unknown'; readonly why: string }
  | {
      /** Certainly not sent. */
      readonly state: 'not-done';
      readonly why: string;
      /** This one again after so long, the others meanwhile. */
      readonly deferMs?: number;
      /** Nobody for so long. */
      readonly restMs?: number;
      /** It is the same for everybody: no use in going on. */
      readonly stop?: Stop;
    };

export interface Stop {
  readonly why: string;
  readonly remedy: string;
  readonly retryable: boolean;
}

export interface Sending {
  readonly ctx: ActContext;
  readonly ledger: Ledger<Recipient>;
  readonly pace: Pace;
  /** Never throws. */
  readonly send: (recipient: Listed) => Promise<Verdict>;
  /** Told after each, once the ledger has it. */
  readonly onVerdict?: (recipient: Listed, verdict: Verdict) => void | Promise<void>;
}

export type SentAll =
  | { readonly ended: 'all' }
  /** The signal fired: between two mails. */
  | { readonly ended: 'aborted' }
  | ({ readonly ended: 'stopped' } & Stop);

/** One bad address is that address's fault; so many in a row are not. */
const tooManyInARow = 3;
/** A recipient is put off so often before it is left to a later attempt. */
const mostDeferrals = 5;

export const sendAll = async (sending: Sending): Promise<SentAll> => {
  const { ctx, ledger, pace, send, onVerdict } = sending;
  const { signal, clock } = ctx;
  const deferred = new Map<string, { until: number; times: number }>();
  const row = { state: 'done' as Verdict['state'], length: 0 };
  const total = (await ledger.frozen())?.count ?? 0;
  let over = total - (await left(ledger));

  for (;;) {
    let soonest = Number.POSITIVE_INFINITY;
    for await (const recipient of ledger.pending()) {
      const { until = 0, times = 0 } = deferred.get(recipient.key) ?? {};
      if (times > mostDeferrals) continue;
      if (until > clock.now()) {
        soonest = Math.min(soonest, until);
        continue;
      }
      ctx.progress({ done: over, total, unit: 'mails' });
      await pace.turn(signal);
      if (signal.aborted) return { ended: 'aborted' };
      await ledger.claim(recipient.key);
      const verdict = await send(recipient);
      await ledger.settle(recipient.key, verdict.state, 'why' in verdict ? verdict.why : undefined);
      await onVerdict?.(recipient, verdict);
      if (verdict.state === 'not-done') {
        if (verdict.stop) return { ended: 'stopped', ...verdict.stop };
        const again = clock.now() + (verdict.deferMs ?? 0);
        // Where all have to rest it says nothing about this one.
        deferred.set(recipient.key, { until: again, times: times + (verdict.restMs === undefined ? 1 : 0) });
        soonest = Math.min(soonest, again);
        if (verdict.restMs !== undefined) pace.rest(verdict.restMs);
        continue;
      }
      over += 1;
      row.length = row.state === verdict.state ? row.length + 1 : 1;
      row.state = verdict.state;
      if (verdict.state !== 'done' && row.length >= tooManyInARow) return inARow(verdict);
    }
    ctx.progress({ done: over, total, unit: 'mails' });
    if (soonest === Number.POSITIVE_INFINITY) return { ended: 'all' };
    await clock.sleep(Math.max(0, soonest - clock.now()), signal);
    if (signal.aborted) return { ended: 'aborted' };
  }
};

const inARow = ({ state, why }: Extract<Verdict, { why: string }>): SentAll => ({
  ended: 'stopped',
  why: `${tooManyInARow} in a row ${state === 'unknown' ? 'without a known outcome' : 'were refused'}: ${why}`,
  remedy:
    'This is hardly about one address: look at the mail server and the service in front of it, then retry',
  retryable: false,
});

const left = async (ledger: Ledger<Recipient>): Promise<number> => {
  const counts = await ledger.counts();
  return counts.planned + counts['not-done'];
};
