import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readTrades } from '../csv.mjs';
import { insertTrades } from '../database.mjs';
import { importPage } from '../pages/import.mjs';

export const importing = new Hono();

importing.get('/import', (c) => c.html(importPage({ user: c.get('user') })));

importing.post('/import', bodyLimit({ maxSize: 5 * 1024 * 1024 }), async (c) => {
  const user = c.get('user');
  const { file } = await c.req.parseBody();
  const text = file instanceof File ? await file.text() : '';
  const { trades, problems } = readTrades(text, user.email);
  if (problems.length > 0) return c.html(importPage({ user, problems }), 422);
  const imported = await insertTrades(user.id, trades);
  return c.html(importPage({ user, result: { imported, known: trades.length - imported.length } }));
});
