/** The part of Mailpit's HTTP API that finds one mail. */
import * as z from 'zod';
import type { ActContext } from '../../engine/step.ts';

const found = z.object({
  messages: z.array(z.object({ ID: z.string(), Created: z.string() })),
});

const message = z.object({ Text: z.string().default(''), HTML: z.string().default('') });

export interface CaughtMail {
  readonly text: string;
  readonly html: string;
  /** In the run's time. */
  readonly createdAtMs: number;
}

const lookEveryMs = 500;
const callTimeoutMs = 10_000;

/** A `Date` header knows seconds only: less than this is no difference between two clocks. */
const apartFromMs = 2_000;

interface Answer<T> {
  readonly value: T;
  /** How far the inbox's clock is ahead of the run's time, which a clock that was set does not follow. */
  readonly aheadMs: number;
}

const ask = async <T>(ctx: ActContext, url: URL, schema: z.ZodType<T>): Promise<Answer<T>> => {
  const limits = AbortSignal.any([ctx.signal, AbortSignal.timeout(callTimeoutMs)]);
  const answer = await fetch(url, { signal: limits, redirect: 'error' });
  if (!answer.ok) throw new Error(`the inbox answers ${answer.status}`);
  const aheadMs = Date.parse(answer.headers.get('date') ?? '') - ctx.clock.now();
  const value = schema.parse(await answer.json());
  return { value, aheadMs: Math.abs(aheadMs) >= apartFromMs ? aheadMs : 0 };
};

/** The newest mail to the address since then; null: none came in time. Throws where the inbox cannot be read. */
export const awaitMail = async (
  ctx: ActContext,
  inbox: string,
  wanted: { readonly to: string; readonly sinceMs: number; readonly timeoutMs: number },
): Promise<CaughtMail | null> => {
  const base = inbox.endsWith('/') ? inbox : `${inbox}/`;
  const search = new URL('api/v1/search', base);
  search.searchParams.set('query', `to:${wanted.to}`);
  const until = ctx.clock.now() + wanted.timeoutMs;
  for (;;) {
    const { value, aheadMs } = await ask(ctx, search, found);
    const newest = value.messages
      .map(({ ID, Created }) => ({ ID, createdAtMs: Date.parse(Created) - aheadMs }))
      .filter(({ createdAtMs }) => createdAtMs >= wanted.sinceMs)
      .toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
    if (newest) {
      const mail = await ask(ctx, new URL(`api/v1/message/${newest.ID}`, base), message);
      return { text: mail.value.Text, html: mail.value.HTML, createdAtMs: newest.createdAtMs };
    }
    if (ctx.clock.now() >= until || ctx.signal.aborted) return null;
    await ctx.clock.sleep(lookEveryMs, ctx.signal);
  }
};
