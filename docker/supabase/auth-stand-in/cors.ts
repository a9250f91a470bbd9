/** For pages of any origin, as the real server answers them (github.com/rs/cors, credentials allowed). */
import type { MiddlewareHandler } from 'hono';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const headers = [
  'accept',
  'authorization',
  'content-type',
  'x-client-ip',
  'x-client-info',
  'x-jwt-aud',
  'x-use-cookie',
  'x-supabase-api-version',
];

/** hono's own `cors` answers a preflight whatever it asks for; here one that asks for more gets no leave. */
export const allowOrigins: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const wanted = c.req.header('access-control-request-method');
  if (c.req.method === 'OPTIONS' && wanted !== undefined) {
    const answer = c.body(null, 204, {
      Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    });
    const asked = c.req.header('access-control-request-headers') ?? '';
    const known = asked === '' || asked.split(',').every((name) => headers.includes(name.trim()));
    if (origin !== undefined && methods.includes(wanted) && known) {
      answer.headers.set('Access-Control-Allow-Origin', '*');
      answer.headers.set('Access-Control-Allow-Methods', wanted);
      if (asked !== '') answer.headers.set('Access-Control-Allow-Headers', asked);
      answer.headers.set('Access-Control-Allow-Credentials', 'true');
    }
    return answer;
  }
  await next();
  c.res.headers.set('Vary', 'Origin');
  if (origin === undefined) return;
  c.res.headers.set('Access-Control-Allow-Origin', '*');
  c.res.headers.set('Access-Control-Expose-Headers', 'X-Total-Count, Link, X-Supabase-Api-Version');
  c.res.headers.set('Access-Control-Allow-Credentials', 'true');
};
