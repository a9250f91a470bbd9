import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import { currentUser } from './auth.mjs';
import { close, problemOf } from './database.mjs';
import { appUrl, release } from './environment.mjs';
import { errorPage } from './pages/error.mjs';
import { dashboard } from './routes/dashboard.mjs';
import { importing } from './routes/import.mjs';
import { journal } from './routes/journal.mjs';
import { recovery } from './routes/recovery.mjs';
import { session } from './routes/session.mjs';
import { trades } from './routes/trades.mjs';

const app = new Hono();

app.use(
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    // Not the default `no-referrer`: browsers then post forms with the origin `null`.
    referrerPolicy: 'same-origin',
    // What is plain http in a rehearsal must not be remembered as https.
    strictTransportSecurity: appUrl.startsWith('https:'),
  }),
);
app.use(csrf({ origin: appUrl }));

app.get('/healthz', async (c) => {
  const problem = await problemOf();
  if (problem) return c.json({ ok: false, ...release, db: problem }, 503);
  return c.json({ ok: true, ...release, db: 'ok' });
});
app.use('/assets/*', serveStatic({ root: './public', rewriteRequestPath: (p) => p.slice('/assets'.length) }));
app.route('/', session);
app.route('/', recovery);

app.use(async (c, next) => {
  const user = await currentUser(c);
  if (!user) return c.redirect('/login', 303);
  c.set('user', user);
  c.header('Cache-Control', 'no-store');
  await next();
});
app.get('/', (c) => c.redirect('/dashboard', 303));
app.route('/', dashboard);
app.route('/', trades);
app.route('/', importing);
app.route('/', journal);

app.notFound((c) => c.html(errorPage('Page introuvable', 'Cette page n’existe pas.'), 404));
app.onError((error, c) => {
  // hono's own refusals (a forged form) carry their answer.
  if ('getResponse' in error) return error.getResponse();
  console.error(new Date().toISOString(), c.req.method, c.req.path, error);
  return c.html(errorPage('Erreur', 'Une erreur est survenue. Réessayez dans un instant.'), 500);
});

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });

/** pm2 sends SIGINT: answer what was asked, then go. */
process.on('SIGINT', () => {
  server.close(() => close().finally(() => process.exit(0)));
  server.closeIdleConnections();
});
