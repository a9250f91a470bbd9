/** The part of Mailpit's HTTP API that finds one mail. */
import * as z from 'zod';
import { type ActContext, parseForeignJson } from '../../engine/step.ts';

const found = z.object({
  messages: z.array(z.object({ ID: z.string(), Created: z.string() })),
});

const message = z.object({ Text: z.string().default(''), HTML: z.string().default('') });

export interface CaughtMail {
  readonly text: string;
  readonly html: string;
  readonly createdAtMs: number;
}

const lookEveryMs = 500;
const callTimeoutMs = 10_000;

const ask = async <T>(url: URL, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> => {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]);
  const answer = await fetch(url, { signal: limits, redirect: 'error' });
  if (!answer.ok) throw new Error(`the inbox answers ${answer.status}`);
  return schema.parse(parseForeignJson(await answer.text()));
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
    const { messages } = await ask(search, found, ctx.signal);
    const newest = messages
      .map(({ ID, Created }) => ({ ID, createdAtMs: Date.parse(Created) }))
      .filter(({ createdAtMs }) => createdAtMs >= wanted.sinceMs)
      .toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
    if (newest) {
      const { Text, HTML } = await ask(new URL(`api/v1/message/${newest.ID}`, base), message, ctx.signal);
      return { text: Text, html: HTML, createdAtMs: newest.createdAtMs };
    }
    if (ctx.clock.now() >= until || ctx.signal.aborted) return null;
    await ctx.clock.sleep(lookEveryMs, ctx.signal);
  }
};
