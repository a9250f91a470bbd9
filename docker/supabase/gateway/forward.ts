import type { Context } from 'hono';
import { proxy } from 'hono/proxy';

/**
 * Streams both ways. As Kong: the prefix is stripped, the client's address is appended to X-Forwarded-For, so
 * that Auth's limits per address see the client and not the gateway.
 */
export const forwardTo = (
  upstream: string,
  prefix: string,
  c: Context,
  client = '127.0.0.1',
): Promise<Response> => {
  const { pathname, search, host, protocol, port } = new URL(c.req.url);
  const before = c.req.header('x-forwarded-for');
  return proxy(`${upstream}${pathname.slice(prefix.length)}${search}`, {
    raw: c.req.raw,
    // A redirect is the browser's to follow.
    redirect: 'manual',
    headers: {
      ...c.req.header(),
      host: undefined,
      'x-forwarded-for': before === undefined ? client : `${before}, ${client}`,
      'x-real-ip': client,
      'x-forwarded-host': host,
      'x-forwarded-port': port,
      'x-forwarded-proto': protocol.replace(':', ''),
      'x-forwarded-prefix': prefix,
    },
  });
};
