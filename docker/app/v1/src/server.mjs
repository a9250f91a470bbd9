import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { countRows, isHealthy } from './database.mjs';
import { homePage, loginPage } from './pages.mjs';

process.loadEnvFile('.env');
const release = { version: BUILD_VERSION, commit: BUILD_COMMIT };
const app = new Hono();

app.get('/', (c) => c.html(homePage(release, PUBLIC_ORIGIN)));
app.get('/login', (c) => c.html(loginPage(release)));
app.get('/api/counts', async (c) => c.json(await countRows()));
app.get('/healthz', async (c) => {
  const problem = await isHealthy();
  return c.json({ ok: problem === null, ...release, ...(problem && { problem }) }, problem ? 500 : 200);
});

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
process.on('SIGINT', () => server.close(() => process.exit(0)));
