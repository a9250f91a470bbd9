/** Which endpoint does what, and how an error leaves. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { requestId } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { createUser, updateUser } from './admin-user-changes.ts';
import { listAllUsers, loadUser, removeUser } from './admin-users.ts';
import { listAudit } from './audit-list.ts';
import { AuthError, errorBody, unexpected } from './auth-error.ts';
import { requireAdmin } from './bearer.ts';
import type { Config } from './config.ts';
import { allowOrigins } from './cors.ts';
import { timedOut } from './database.ts';
import { generateLink } from './generated-links.ts';
import { invite } from './invitation.ts';
import { magicLink, oneTimePassword } from './magic-link.ts';
import { onlyReal } from './only-real.ts';
import { logout, showUser, updateUser as updateOwn } from './own-account.ts';
import { recover } from './recovery.ts';
import { resend } from './resending.ts';
import type { Env, Service } from './service.ts';
import { signUp } from './signup.ts';
import { grantToken } from './token-grants.ts';
import { userJson } from './users.ts';
import { verifyLink, verifyToken } from './verification.ts';

/** Says at every occasion that this is not Supabase's. */
export const description = 'Stand-in for Supabase Auth, for rehearsals only';

const largestBody = 1 << 20;

type Handler = (c: Context<Env>, service: Service) => Response | Promise<Response>;

const admin =
  (handler: Handler): Handler =>
  async (c, service) => {
    await requireAdmin(c, service);
    return handler(c, service);
  };

/** Reported, not treated as a wrong address. */
const refuse: Handler = (c) => {
  throw new AuthError(501, 'not_implemented', `The stand-in for Supabase Auth has no ${c.req.path}`);
};

const endpoints: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  ['GET', '/health', (c) => c.json({ version: 'stand-in', name: 'GoTrue', description })],
  ['GET', '/settings', (c, { config }) => c.json(publicSettings(config))],
  // Tokens are signed with a shared secret, which must not be shown.
  ['GET', '/.well-known/jwks.json', (c) => c.json({ keys: [] })],
  ['GET', '/admin/users', admin(listAllUsers)],
  ['POST', '/admin/users', admin(createUser)],
  ['GET', '/admin/users/:id', admin(async (c, service) => c.json(userJson(await loadUser(c, service))))],
  [
    'PUT',
    '/admin/users/:id',
    admin(async (c, service) => updateUser(c, service, await loadUser(c, service))),
  ],
  [
    'DELETE',
    '/admin/users/:id',
    admin(async (c, service) => removeUser(c, service, await loadUser(c, service))),
  ],
  ['GET', '/admin/audit', admin(listAudit)],
  ['POST', '/admin/generate_link', admin(generateLink)],
  ['POST', '/recover', recover],
  ['GET', '/verify', verifyLink],
  ['POST', '/verify', verifyToken],
  ['POST', '/token', grantToken],
  ['GET', '/user', showUser],
  ['PUT', '/user', updateOwn],
  ['POST', '/logout', logout],
  ['POST', '/signup', signUp],
  ['POST', '/otp', oneTimePassword],
  ['POST', '/magiclink', magicLink],
  ['POST', '/resend', resend],
  ['POST', '/invite', admin(invite)],
  ...onlyReal.map(([method, path]) => [method, path, refuse] as const),
];

const publicSettings = ({ signupDisabled, mailer, email, anonymousUsers }: Config) => ({
  external: { email: email.enabled, phone: false, anonymous_users: anonymousUsers },
  disable_signup: signupDisabled,
  mailer_autoconfirm: mailer.autoconfirm,
  phone_autoconfirm: false,
  sms_provider: '',
  saml_enabled: false,
});

const methodsAt = (path: string): readonly string[] =>
  endpoints
    .filter(([, pattern]) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path))
    .map(([method]) => method);

export const makeApp = (service: Service): Hono<Env> => {
  const app = new Hono<Env>();
  app.use(allowOrigins);
  app.use(requestId());
  app.use(async (c, next) => {
    c.header('X-Stand-In', 'supabase-auth');
    // Hono answers a HEAD like a GET: a mail scanner that only looks at a link would spend it.
    const method = c.req.raw.method;
    const known = methodsAt(c.req.path);
    if (known.length > 0 && !known.includes(method)) return c.body(null, 405, { Allow: known.join(', ') });
    const deadline = AbortSignal.timeout(service.config.maxRequestMs);
    c.set('deadline', deadline);
    const late = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => reject(timedOut()), { once: true });
    });
    await Promise.race([next(), late]);
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (c) => {
        // What is left of it is not read: the next request needs another connection.
        c.header('Connection', 'close');
        throw new AuthError(
          413,
          'request_entity_too_large',
          `Request body too large (max ${largestBody} bytes)`,
        );
      },
    }),
  );
  for (const [method, path, handler] of endpoints) app.on(method, path, (c) => handler(c, service));
  app.notFound((c) => c.text('404 page not found\n', 404));
  app.onError((cause, c) => {
    const error =
      cause instanceof AuthError
        ? cause
        : unexpected('Unexpected failure, please check server logs for more information', cause);
    const id = c.get('requestId');
    if (error.status >= 500) console.error(id, c.req.method, c.req.path, error.cause ?? error);
    c.header('X-Sb-Error-Code', error.code);
    const version = c.req.header('x-supabase-api-version');
    if (version !== undefined) c.header('X-Supabase-Api-Version', version);
    return c.json(errorBody(error, version, id), error.status as ContentfulStatusCode);
  });
  return app;
};
