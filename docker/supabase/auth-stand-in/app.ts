/** Which endpoint does what, and how an error leaves. */
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { adminUsers } from './admin-users.ts';
import { AuthError, errorBody, unexpected } from './auth-error.ts';
import { timedOut } from './database.ts';
import { logout, showUser, updateUser } from './own-account.ts';
import { generateLink, recover } from './recovery.ts';
import type { Env, Service } from './service.ts';
import { grantToken } from './token-grants.ts';
import { verifyLink, verifyToken } from './verification.ts';

/** Says at every occasion that this is not Supabase's. */
export const description = 'Stand-in for Supabase Auth, for rehearsals only';

export const makeApp = (service: Service): Hono<Env> => {
  const app = new Hono<Env>();
  const { config } = service;
  app.use(async (c, next) => {
    const deadline = AbortSignal.timeout(config.maxRequestMs);
    c.set('deadline', deadline);
    c.header('X-Stand-In', 'supabase-auth');
    const late = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => reject(timedOut()), { once: true });
    });
    await Promise.race([next(), late]);
  });
  app.get('/health', (c) => c.json({ version: 'stand-in', name: 'GoTrue', description }));
  app.get('/settings', (c) =>
    c.json({
      external: { email: true, phone: false, anonymous_users: false },
      disable_signup: config.signupDisabled,
      mailer_autoconfirm: config.mailer.autoconfirm,
      phone_autoconfirm: false,
      sms_provider: '',
      saml_enabled: false,
    }),
  );
  app.route('/admin/users', adminUsers(service));
  app.post('/admin/generate_link', (c) => generateLink(c, service));
  app.post('/recover', (c) => recover(c, service));
  app.get('/verify', (c) => verifyLink(c, service));
  app.post('/verify', (c) => verifyToken(c, service));
  app.post('/token', (c) => grantToken(c, service));
  app.get('/user', (c) => showUser(c, service));
  app.put('/user', (c) => updateUser(c, service));
  app.post('/logout', (c) => logout(c, service));
  app.notFound((c) =>
    c.text('404 page not found (the stand-in for Supabase Auth knows only some endpoints)\n', 404),
  );
  app.onError((cause, c) => {
    const error =
      cause instanceof AuthError ? cause : unexpected('Unexpected failure, please check server logs', cause);
    if (error.status >= 500) console.error(c.req.method, c.req.path, error.cause ?? error);
    c.header('X-Sb-Error-Code', error.code);
    const version = c.req.header('x-supabase-api-version');
    if (version !== undefined) c.header('X-Supabase-Api-Version', version);
    return c.json(errorBody(error, version), error.status as ContentfulStatusCode);
  });
  return app;
};
