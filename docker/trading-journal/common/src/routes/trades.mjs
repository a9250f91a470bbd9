import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { addScreenshot, deleteTrade, findTrade, listTrades } from '../database.mjs';
import { errorPage } from '../pages/error.mjs';
import { tradePage } from '../pages/trade.mjs';
import { tradesPage } from '../pages/trades.mjs';
import { removeUploads, saveImage } from '../uploads.mjs';

const pageSize = 50;
const maxUpload = 5 * 1024 * 1024;

export const trades = new Hono();

const unknownTrade = (c) => c.html(errorPage('Trade introuvable', 'Ce trade n’existe pas.'), 404);

trades.get('/trades', async (c) => {
  const page = Math.max(1, Number.parseInt(c.req.query('page') ?? '1', 10) || 1);
  const user = c.get('user');
  // One more than a page holds tells whether another follows, without counting them all.
  const found = await listTrades(user.id, { offset: (page - 1) * pageSize, limit: pageSize + 1 });
  return c.html(
    tradesPage({ user, page, trades: found.slice(0, pageSize), hasNext: found.length > pageSize }),
  );
});

trades.get('/trades/:id', async (c) => {
  const user = c.get('user');
  const trade = await findTrade(user.id, c.req.param('id'));
  return trade ? c.html(tradePage({ user, trade })) : unknownTrade(c);
});

trades.post('/trades/:id/delete', async (c) => {
  const id = c.req.param('id');
  if (!(await deleteTrade(c.get('user').id, id))) return unknownTrade(c);
  await removeUploads(id);
  return c.redirect('/trades', 303);
});

trades.post('/trades/:id/screenshots', bodyLimit({ maxSize: maxUpload }), async (c) => {
  const user = c.get('user');
  const trade = await findTrade(user.id, c.req.param('id'));
  if (!trade) return unknownTrade(c);
  const { file } = await c.req.parseBody();
  const image = file instanceof File ? await saveImage(trade.id, file) : null;
  if (!image)
    return c.html(
      tradePage({ user, trade, problem: 'Seules les images PNG, JPEG et WebP sont acceptées.' }),
      422,
    );
  await addScreenshot(trade.id, image);
  return c.redirect(`/trades/${trade.id}`, 303);
});
