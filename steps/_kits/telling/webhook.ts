import * as http from 'node:http';
import * as https from 'node:https';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Secretable } from '../../../engine/step.ts';
import type { Delivery, TellContext } from '../../../engine/tell.ts';
import { isLoopback } from '../network/loopback.ts';

/** Longer than any webhook takes; a page is worth nothing once it is late. */
const answerMs = 15_000;
const keptBytes = 2048;
const passing = new Set([408, 425, 429]);

/** An address that cannot be posted to; the text never holds the address. */
export class BadAddress extends Error {
  readonly remedy = 'Fix the secret that holds the address';
  constructor(what: string) {
    super(`the webhook address ${what}`);
    this.name = 'BadAddress';
  }
}

/** Throws BadAddress. */
export const addressOf = (ctx: TellContext, address: Secretable): URL => {
  const url = URL.parse(ctx.reveal(address).trim());
  if (url === null) throw new BadAddress('is no URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new BadAddress('is neither http nor https');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new BadAddress('is http: on the way everybody could read it');
  return url;
};

const securely = async (ctx: TellContext, caFile: string | null) => ({
  // Also against NODE_TLS_REJECT_UNAUTHORIZED, which would switch the look at the certificate off.
  rejectUnauthorized: true,
  ...(caFile !== null && { ca: Buffer.from(await ctx.readFile(caFile)) }),
});

/** Receivers like to quote the path they did not find: it is the secret. */
const withoutSecret = (ctx: TellContext, url: URL, text: string): string => {
  const parts = [
    url.href,
    `${url.pathname}${url.search}`,
    ...url.pathname.split('/'),
    ...url.searchParams.values(),
  ];
  const long = parts.filter((part) => part.length > 5).sort((a, b) => b.length - a.length);
  return long.reduce((kept, part) => kept.replaceAll(part, '***'), ctx.mask(text));
};

const firstLine = (text: string): string =>
  text
    .trim()
    .split('\n', 1)[0]
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 120) ?? '';

const judged = (ctx: TellContext, url: URL, status: number, body: string): Delivery => {
  if (status >= 200 && status < 300) return { state: 'done', status };
  const said = firstLine(withoutSecret(ctx, url, body));
  return {
    state: 'not-done',
    passing: status >= 500 || passing.has(status),
    why: `${url.host} answered ${status}${said && `: ${said}`}`,
    remedy:
      status >= 300 && status < 400
        ? 'Redirects are not followed: give the address that it leads to'
        : 'Check the webhook address, and that the receiver still takes it',
  };
};

/** One POST. Whether it was sent decides what a broken connection means. Never throws. */
export const post = async (
  ctx: TellContext,
  caFile: string | null,
  url: URL,
  message: { readonly body: string; readonly id: string },
): Promise<Delivery> => {
  const body = Buffer.from(message.body);
  const tls = await securely(ctx, caFile);
  const late = AbortSignal.timeout(answerMs);
  const signal = AbortSignal.any([ctx.signal, late]);
  let sent = false;
  try {
    const { status, text } = await new Promise<{ status: number; text: string }>((answered, failed) => {
      const { request } = url.protocol === 'https:' ? https : http;
      const asked = request(url, {
        method: 'POST',
        agent: false,
        signal,
        headers: {
          'content-type': 'application/json',
          'content-length': body.byteLength,
          'user-agent': 'runbook',
          'idempotency-key': message.id,
        },
        ...tls,
      });
      asked.once('error', failed);
      asked.once('response', (response) => {
        let kept = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          kept = (kept + chunk).slice(0, keptBytes);
        });
        // A status is an answer, however its body ends.
        response.once('close', () => answered({ status: response.statusCode ?? 0, text: kept }));
        response.once('error', () => undefined);
      });
      asked.once('socket', (socket) =>
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          sent = true;
          asked.end(body);
        }),
      );
    });
    return judged(ctx, url, status, text);
  } catch (error) {
    const reason = late.aborted ? `nothing within ${answerMs / 1000} s` : wording(error);
    const why = withoutSecret(ctx, url, reason);
    if (sent) return { state: 'unknown', why: `no answer from ${url.host}: ${why}` };
    return {
      state: 'not-done',
      passing: true,
      why: `${url.host} cannot be reached: ${why}`,
      remedy: 'Check the network, the certificate and that the receiver is up',
    };
  }
};

const wording = (error: unknown): string => {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
};

/** Connects, looks at the certificate and says nothing. Throws what the network or TLS says. */
export const knock = async (ctx: TellContext, caFile: string | null, url: URL): Promise<void> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = Number(url.port) || (secure ? 443 : 80);
  const tls = await securely(ctx, caFile);
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(answerMs)]);
  await new Promise<void>((done, failed) => {
    const named = !/^[\d.]+$|:/.test(host);
    const socket = secure
      ? connectTls({ host, port, ...(named && { servername: host }), ...tls })
      : connectTcp({ host, port });
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('the connection was closed')));
    signal.addEventListener('abort', () => socket.destroy(signal.reason), { once: true });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      done();
      socket.destroy();
    });
  });
};
