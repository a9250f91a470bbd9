/**
 * The lab's mail catcher: takes every mail on SMTP_PORT from clients that log in as SMTP_USER with SMTP_PASSWORD,
 * shows it on HTTP_PORT, delivers none. Both listen on 127.0.0.1.
 */
import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { makeAlertsApi } from './alerts-api.ts';
import { Faults } from './faults.ts';
import { makeHttpApi } from './http-api.ts';
import { Mailbox } from './mailbox.ts';
import { makeSmtpServer } from './smtp.ts';

const port = z.coerce.number().int().positive();
const env = z
  .object({
    SMTP_PORT: port,
    HTTP_PORT: port,
    SMTP_USER: z.string().min(1),
    SMTP_PASSWORD: z.string().min(1),
  })
  .parse(process.env);

const host = '127.0.0.1';
const mailbox = new Mailbox();
const faults = new Faults();
const smtp = makeSmtpServer({ user: env.SMTP_USER, password: env.SMTP_PASSWORD, mailbox, faults });
await once(smtp.listen(env.SMTP_PORT, host), 'listening');
// Last: who finds this port open may send mail too.
const api = makeHttpApi(mailbox, faults, Date.now()).route('/', makeAlertsApi());
serve({ fetch: api.fetch, port: env.HTTP_PORT, hostname: host });
process.once('SIGTERM', () => process.exit());
