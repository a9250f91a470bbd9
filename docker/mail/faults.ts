/**
 * What can go wrong with a mail server, on demand: ours, not Mailpit's. Rules are tried in their order; the
 * first that fits a recipient applies, `times` times.
 */
import { z } from 'zod';

const about = {
  /** Part of the recipient's address; '' fits all. */
  to: z.string().default(''),
  times: z.number().int().positive().default(Number.MAX_SAFE_INTEGER),
};

export const fault = z.discriminatedUnion('kind', [
  /** Refuses the recipient (RCPT) or the finished mail (DATA), as 451 "later" or 550 "never". */
  z.strictObject({
    kind: z.literal('reject'),
    ...about,
    at: z.enum(['rcpt', 'data']).default('rcpt'),
    code: z.number().int().min(400).max(599),
    message: z.string().default('refused by a fault of the lab'),
  }),
  /** Answers the finished mail late, and keeps it. */
  z.strictObject({ kind: z.literal('delay'), ...about, ms: z.number().int().positive() }),
  /** Hangs up after DATA instead of answering: the sender cannot know whether the mail was `kept`. */
  z.strictObject({ kind: z.literal('drop'), ...about, kept: z.boolean() }),
]);
export const faultList = z.array(fault).max(1_000);

export type Fault = z.output<typeof fault>;
type Kind = Fault['kind'];

export class Faults {
  #rules: { readonly fault: Fault; left: number }[] = [];

  set(faults: readonly Fault[]): void {
    this.#rules = faults.map((fault) => ({ fault, left: fault.times }));
  }

  /** Before the others: a test adds its own without disturbing those of another. */
  add(faults: readonly Fault[]): void {
    this.#rules.unshift(...faults.map((fault) => ({ fault, left: fault.times })));
  }

  list(): (Fault & { left: number })[] {
    return this.#rules.map(({ fault, left }) => ({ ...fault, left }));
  }

  /** Counts as one of its times. */
  take<K extends Kind>(
    kind: K,
    recipients: readonly string[],
    fits: (fault: Extract<Fault, { kind: K }>) => boolean = () => true,
  ): Extract<Fault, { kind: K }> | undefined {
    const rule = this.#rules.find(({ fault, left }) => {
      if (left === 0 || fault.kind !== kind || !fits(fault as Extract<Fault, { kind: K }>)) return false;
      return recipients.some((address) => address.toLowerCase().includes(fault.to.toLowerCase()));
    });
    if (!rule) return undefined;
    rule.left -= 1;
    return rule.fault as Extract<Fault, { kind: K }>;
  }
}
