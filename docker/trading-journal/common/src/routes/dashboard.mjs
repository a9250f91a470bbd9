import { Hono } from 'hono';
import { kpisOf, latestTrades } from '../database.mjs';
import { dashboardPage } from '../pages/dashboard.mjs';

export const dashboard = new Hono();

dashboard.get('/dashboard', async (c) => {
  const user = c.get('user');
  const [kpis, latest] = await Promise.all([kpisOf(user.id), latestTrades(user.id, 5)]);
  return c.html(dashboardPage({ user, kpis, latest }));
});
