/** `node main.ts` with the environment of Supabase Auth: the stand-in, on 127.0.0.1:$PORT. */
import { serve } from '@hono/node-server';
import { makeApp } from './app.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { makeMailer } from './mailer.ts';
import { makeLimits } from './rate-limits.ts';

const config = readConfig(process.env);
const pool = await openDatabase(config.databaseUrl);
const service = { config, pool, mailer: makeMailer(config), limits: makeLimits(config.limits) };
serve({ fetch: makeApp(service).fetch, port: config.port, hostname: '127.0.0.1' });
// Nothing to save: what is not committed never happened.
process.once('SIGTERM', () => process.exit());
