/** The subset of Mailpit's HTTP API that we use, and the faults, which are ours. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Faults, faultList } from './faults.ts';
import type { Mailbox, Summary } from './mailbox.ts';
import { matcher } from './search.ts';

const number = (text: string | undefined, fallback: number): number =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback;

const removal = z.object({ IDs: z.array(z.string()).default([]) });

export const makeHttpApi = (mailbox: Mailbox, faults: Faults, startedAt: number): Hono => {
  const app = new Hono();

  const page = (c: Context, found: readonly Summary[]) => {
    const start = number(c.req.query('start'), 0);
    const total = mailbox.list().length;
    const messages = found.slice(start, start + number(c.req.query('limit'), 50));
    return c.json({
      total,
      unread: total,
      count: messages.length,
      messages_count: found.length,
      messages_unread: found.length,
      start,
      tags: [],
      messages,
    });
  };

  app.get('/readyz', (c) => c.text('ok'));
  app.get('/livez', (c) => c.text('ok'));
  app.get('/api/v1/info', (c) =>
    c.json({
      Version: 'runbook-lab (stand-in for Mailpit)',
      Messages: mailbox.list().length,
      Unread: mailbox.list().length,
      Tags: {},
      RuntimeStats: {
        Uptime: Math.floor((Date.now() - startedAt) / 1_000),
        Memory: process.memoryUsage.rss(),
        MessagesDeleted: mailbox.counts.deleted,
        SMTPAccepted: mailbox.counts.accepted,
        SMTPAcceptedSize: mailbox.counts.acceptedBytes,
        SMTPRejected: mailbox.counts.rejected,
      },
    }),
  );
  app.get('/api/v1/messages', (c) => page(c, mailbox.list()));
  app.get('/api/v1/search', (c) => {
    const query = c.req.query('query') ?? '';
    if (query.trim() === '') return c.json({ Error: 'Error: no search query' }, 400);
    return page(c, mailbox.list(matcher(query)));
  });
  app.get('/api/v1/message/:id', async (c) => {
    const mail = await mailbox.read(c.req.param('id'));
    return mail ? c.json(mail) : c.json({ Error: 'Message not found' }, 404);
  });
  app.get('/api/v1/message/:id/raw', (c) => {
    const raw = mailbox.raw(c.req.param('id'));
    return raw ? c.text(raw.toString()) : c.json({ Error: 'Message not found' }, 404);
  });
  app.delete('/api/v1/messages', async (c) => {
    const text = await c.req.text();
    const body = removal.safeParse(text === '' ? {} : JSON.parse(text));
    if (!body.success) return c.json({ Error: z.prettifyError(body.error) }, 400);
    mailbox.remove(body.data.IDs);
    return c.text('ok');
  });

  app.get('/lab/faults', (c) => c.json(faults.list()));
  app.on(['PUT', 'POST'], '/lab/faults', async (c) => {
    const body = faultList.safeParse(await c.req.json());
    if (!body.success) return c.json({ Error: z.prettifyError(body.error) }, 400);
    if (c.req.method === 'PUT') faults.set(body.data);
    else faults.add(body.data);
    return c.json(faults.list());
  });
  app.delete('/lab/faults', (c) => {
    faults.set([]);
    return c.text('ok');
  });
  return app;
};
