/**
 * The lab's gateway, in the place of Supabase's Kong: `/auth/v1/*` goes to Auth, `/rest/v1/<table>` is a
 * read-only stand-in for PostgREST. Listens on $HOST:$PORT.
 */
import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import pg from 'pg';
import { z } from 'zod';
import { makeAlertsApi } from '../../mail/alerts-api.ts';
import { requireApiKey } from './api-key.ts';
import { forwardTo } from './forward.ts';
import { readTable } from './rest.ts';

const env = z
  .object({
    PORT: z.coerce.number().int(),
    /** In a container its port is published from outside of its loopback. */
    HOST: z.string().default('127.0.0.1'),
    AUTH_URL: z.url(),
    ANON_KEY: z.string().min(1),
    SERVICE_ROLE_KEY: z.string().min(1),
    JWT_SECRET: z.string().min(1),
    /** As a role that may become anon, authenticated and service_role, and is none of them itself. */
    DATABASE_URL: z.string(),
    /** Where Auth fetches its mail templates. */
    RECOVERY_TEMPLATE: z.string(),
  })
  .parse(process.env);

const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 5 });
// A reset of the lab ends idle connections: the pool makes others.
pool.on('error', (error) => console.error(`idle connection: ${error.message}`));

const app = new Hono();
app.use('/auth/v1/*', requireApiKey(env));
app.use('/rest/v1/*', requireApiKey(env));
app.all('/auth/v1/*', (c) => forwardTo(env.AUTH_URL, '/auth/v1', c, getConnInfo(c).remote.address));
app.on(['GET', 'HEAD'], '/rest/v1/:table', (c) => readTable(c, { pool, jwtSecret: env.JWT_SECRET }));
app.all('/rest/v1/*', (c) => c.json({ message: "The lab's stand-in for PostgREST only reads tables" }, 405));
app.get('/lab/mails/recovery.html', async (c) => c.html(await readFile(env.RECOVERY_TEMPLATE, 'utf8')));
app.route('/', makeAlertsApi());
app.notFound((c) => c.json({ message: 'no Route matched with those values' }, 404));
app.onError((error, c) => {
  console.error(c.req.method, c.req.path, error);
  return c.json({ message: 'An invalid response was received from the upstream server' }, 502);
});

serve({ fetch: app.fetch, port: env.PORT, hostname: env.HOST });
process.once('SIGTERM', () => process.exit());
