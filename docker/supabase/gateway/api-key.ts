import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** A mailed link is opened by a browser, which has no key. */
const open = ['/auth/v1/verify', '/auth/v1/callback', '/auth/v1/authorize'];

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** As Kong's key-auth: the header `apikey`, or the query parameter of that name. */
export const requireApiKey =
  (keys: { readonly ANON_KEY: string; readonly SERVICE_ROLE_KEY: string }): MiddlewareHandler =>
  async (c, next) => {
    if (open.includes(c.req.path)) return next();
    const key = c.req.header('apikey') ?? c.req.query('apikey');
    if (key === undefined) return c.json({ message: 'No API key found in request' }, 401);
    if (!same(key, keys.ANON_KEY) && !same(key, keys.SERVICE_ROLE_KEY))
      return c.json({ message: 'Invalid authentication credentials' }, 401);
    return next();
  };
