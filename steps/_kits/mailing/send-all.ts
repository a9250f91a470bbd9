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
  const sweep = sending.ledger.pending()[Symbol.asyncIterator]();
  try {
    return await sendEach(sending, sweep);
  } finally {
    // The last settlements reach the disk with it.
    await sweep.return?.();
  }
};

const sendEach = async (
  { ctx, ledger, pace, send, onVerdict }: Sending,
  sweep: AsyncIterator<Listed>,
): Promise<SentAll> => {
  const { signal, clock } = ctx;
  const deferred = new Deferred();
  const row = { state: 'done' as Verdict['state'], length: 0 };
  const total = (await ledger.frozen())?.count ?? 0;
  let over = total - (await left(ledger));

  for (;;) {
    ctx.progress({ done: over, total, unit: 'mails' });
    const recipient = await next(ledger, sweep, deferred, pace);
    if (recipient === null) {
      const soonest = deferred.soonest();
      if (soonest === null) return { ended: 'all' };
      await clock.sleep(Math.max(0, soonest - clock.now()), signal);
      if (signal.aborted) return { ended: 'aborted' };
      continue;
    }
    await pace.turn(signal);
    if (signal.aborted) return { ended: 'aborted' };
    await ledger.claim(recipient.key);
    const verdict = await send(recipient);
    await ledger.settle(recipient.key, verdict.state, 'why' in verdict ? verdict.why : undefined);
    await onVerdict?.(recipient, verdict);
    if (verdict.state === 'not-done') {
      if (verdict.stop) return { ended: 'stopped', ...verdict.stop };
      // Where all have to rest it says nothing about this one.
      deferred.put(recipient.key, clock.now() + (verdict.deferMs ?? 0), verdict.restMs === undefined);
      if (verdict.restMs !== undefined) pace.rest(verdict.restMs);
      continue;
    }
    deferred.settle(recipient.key);
    over += 1;
    row.length = row.state === verdict.state ? row.length + 1 : 1;
    row.state = verdict.state;
    if (verdict.state !== 'done' && row.length >= tooManyInARow) return inARow(verdict);
  }
};

/** A time that the server has named is kept: who is due by the next turn goes before those who were not tried yet. */
const next = async (
  ledger: Ledger<Recipient>,
  sweep: AsyncIterator<Listed>,
  deferred: Deferred,
  pace: Pace,
): Promise<Listed | null> => {
  const due = deferred.dueBy(pace.nextAt);
  if (due !== null) {
    // Only a new pass hands out again who was settled as not done.
    for await (const recipient of ledger.pending()) if (recipient.key === due) return recipient;
    throw new Error('a deferred recipient is not pending any more');
  }
  for (let item = await sweep.next(); !item.done; item = await sweep.next())
    if (!deferred.has(item.value.key)) return item.value;
  return null;
};

/** Who was put off, and until when. */
class Deferred {
  readonly #of = new Map<string, { readonly until: number; readonly times: number }>();

  /** `counts`: whether it is about this recipient, who is given up after `mostDeferrals` of them. */
  put(key: string, until: number, counts: boolean): void {
    this.#of.set(key, { until, times: (this.#of.get(key)?.times ?? 0) + (counts ? 1 : 0) });
  }

  settle(key: string): void {
    this.#of.delete(key);
  }

  has(key: string): boolean {
    return this.#of.has(key);
  }

  dueBy(at: number): string | null {
    const [first] = this.#waiting();
    return first !== undefined && first.until <= at ? first.key : null;
  }

  /** Epoch ms; null: nobody waits. */
  soonest(): number | null {
    return this.#waiting()[0]?.until ?? null;
  }

  #waiting(): readonly { readonly key: string; readonly until: number }[] {
    return [...this.#of]
      .filter(([, { times }]) => times <= mostDeferrals)
      .map(([key, { until }]) => ({ key, until }))
      .toSorted((a, b) => a.until - b.until);
  }
}

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
