/** Where the lab's alerts end: what a chat's webhook would take. The last ones are kept, as they came. */
import { Hono } from 'hono';

const kept = 1_000;

export const makeAlertsApi = (): Hono => {
  const alerts: { readonly at: string; readonly body: string }[] = [];
  const app = new Hono();
  app.post('/lab/alerts', async (c) => {
    alerts.push({ at: new Date().toISOString(), body: await c.req.text() });
    if (alerts.length > kept) alerts.shift();
    return c.text('ok');
  });
  app.get('/lab/alerts', (c) => c.json(alerts));
  app.delete('/lab/alerts', (c) => {
    alerts.length = 0;
    return c.text('ok');
  });
  return app;
};
