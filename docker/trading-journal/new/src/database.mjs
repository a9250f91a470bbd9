// Everything that 2.0 asks of Postgres. As the tables' owner: row-level security is for Supabase's own API.
import pg from 'pg';

// Dates and decimals stay text: no time zone or float gets at them.
const asText = { getTypeParser: () => (text) => text };

let pool;
const ask = (sql, values = []) => {
  if (!pool) {
    pool = new pg.Pool({
      connectionString: process.env.DATABASE_URL,
      max: 4,
      options: '-c timezone=UTC',
      types: asText,
    });
    // An idle connection that the server ends is replaced when it is next needed.
    pool.on('error', (error) => console.error(new Date().toISOString(), error.message));
  }
  return pool.query(sql, values);
};
const query = async (sql, values) => (await ask(sql, values)).rows;
const first = async (sql, values) => (await query(sql, values))[0] ?? null;

export const close = async () => pool?.end();

/** null, or what is wrong. */
export const problemOf = async () => {
  try {
    await query('SELECT id, symbol, "realizedPnlUsd" FROM trades LIMIT 1');
    return null;
  } catch (error) {
    return error.code ?? 'unknown';
  }
};

export const kpisOf = (userId) =>
  first(
    `SELECT COUNT(*) AS trades, COUNT(*) FILTER (WHERE "realizedPnlUsd" > 0) AS wins,
       COALESCE(SUM("realizedPnlUsd" - COALESCE(fees, 0)), 0) AS "netPnlUsd",
       COALESCE(SUM(GREATEST("realizedPnlUsd", 0)), 0) AS "gainsUsd",
       COALESCE(SUM(LEAST("realizedPnlUsd", 0)), 0) AS "lossesUsd"
     FROM trades WHERE "userId" = $1 AND "realizedPnlUsd" IS NOT NULL`,
    [userId],
  );

const listed = 'id, symbol, direction, "openedAt", "entryPrice", "exitPrice", "realizedPnlUsd"';

export const listTrades = (userId, { offset, limit }) =>
  query(
    `SELECT ${listed} FROM trades WHERE "userId" = $1 ORDER BY "openedAt" DESC, id DESC LIMIT $2 OFFSET $3`,
    [userId, limit, offset],
  );
export const latestTrades = (userId, limit) => listTrades(userId, { offset: 0, limit });

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A trade with all that hangs on it; null when it is nobody's or somebody else's. */
export const findTrade = async (userId, id) => {
  const trade =
    uuid.test(id) &&
    (await first(
      'SELECT t.*, a.name AS account FROM trades t LEFT JOIN accounts a ON a.id = t."accountId" WHERE t.id = $1 AND t."userId" = $2',
      [id, userId],
    ));
  if (!trade) return null;
  const [exits, tags, screenshots, playbook] = await Promise.all([
    query(
      'SELECT "exitedAt", price, quantity FROM trade_exits WHERE "tradeId" = $1 ORDER BY "exitedAt", id',
      [id],
    ),
    query(
      'SELECT g.name FROM trade_tags tt JOIN tags g ON g.id = tt."tagId" WHERE tt."tradeId" = $1 ORDER BY g.name',
      [id],
    ),
    query('SELECT path FROM screenshots WHERE "tradeId" = $1 ORDER BY "createdAt", id', [id]),
    query(
      `SELECT p.name, r.text, c.checked FROM trade_playbooks tp
       JOIN playbooks p ON p.id = tp."playbookId"
       JOIN trade_playbook_prerequisites c ON c."tradePlaybookId" = tp.id
       JOIN playbook_prerequisites r ON r.id = c."prerequisiteId"
       WHERE tp."tradeId" = $1 ORDER BY p.name, r.position, r.id`,
      [id],
    ),
  ]);
  return {
    ...trade,
    exits,
    tags,
    screenshots,
    playbook: playbook.map((p) => ({ ...p, checked: p.checked === 't' })),
  };
};

export const deleteTrade = async (userId, id) => {
  if (!uuid.test(id)) return false;
  const { rowCount } = await ask('DELETE FROM trades WHERE id = $1 AND "userId" = $2', [id, userId]);
  return rowCount === 1;
};

export const addScreenshot = (tradeId, { path, bytes }) =>
  query('INSERT INTO screenshots ("tradeId", path, bytes) VALUES ($1, $2, $3)', [tradeId, path, bytes]);

const imported = [
  'symbol',
  'direction',
  'openedAt',
  'closedAt',
  'entryPrice',
  'exitPrice',
  'quantity',
  'realizedPnlUsd',
  'fees',
  'importHash',
];
const insertTrade = `INSERT INTO trades ("userId", ${imported.map((name) => `"${name}"`).join(', ')})
  VALUES ($1, ${imported.map((_, i) => `$${i + 2}`).join(', ')}) ON CONFLICT ("importHash") DO NOTHING RETURNING id`;

/** Ids of those that were new. */
export const insertTrades = async (userId, trades) => {
  const ids = [];
  for (const trade of trades) {
    const added = await first(insertTrade, [userId, ...imported.map((name) => trade[name])]);
    if (added) ids.push(added.id);
  }
  return ids;
};

export const dayNote = async (userId, date) =>
  (await first('SELECT note FROM day_journals WHERE "userId" = $1 AND date = $2', [userId, date]))?.note ??
  null;

export const recentDays = async (userId, limit) => {
  const rows = await query('SELECT date FROM day_journals WHERE "userId" = $1 ORDER BY date DESC LIMIT $2', [
    userId,
    limit,
  ]);
  return rows.map(({ date }) => date);
};

export const saveDayNote = (userId, date, note) =>
  note === ''
    ? query('DELETE FROM day_journals WHERE "userId" = $1 AND date = $2', [userId, date])
    : query(
        `INSERT INTO day_journals ("userId", date, note) VALUES ($1, $2, $3)
         ON CONFLICT ("userId", date) DO UPDATE SET note = EXCLUDED.note, "updatedAt" = now()`,
        [userId, date, note],
      );
