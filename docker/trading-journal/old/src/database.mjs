// Everything that 1.4 asks of MySQL. Dates and decimals stay text: no time zone or float gets at them.
import mysql from 'mysql2/promise';
import { newId } from './ids.mjs';

let pool;
const query = async (sql, values = []) => {
  pool ??= mysql.createPool({
    uri: process.env.DATABASE_URL,
    connectionLimit: 4,
    dateStrings: true,
    timezone: 'Z',
  });
  const [rows] = await pool.query(sql, values);
  return rows;
};
const first = async (sql, values) => (await query(sql, values))[0] ?? null;

export const close = async () => pool?.end();

/** null, or what is wrong. */
export const problemOf = async () => {
  try {
    await query('SELECT id, symbol, realizedPnlUsd FROM trades LIMIT 1');
    return null;
  } catch (error) {
    return error.code ?? 'unknown';
  }
};

export const findUser = (id) => first('SELECT id, email FROM users WHERE id = ?', [id]);
export const findUserByEmail = (email) =>
  first('SELECT id, email, passwordHash FROM users WHERE email = ?', [email]);

export const saveReset = (userId, tokenHash) =>
  query(
    'INSERT INTO password_resets (id, userId, token, expiresAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL 1 HOUR)',
    [newId(), userId, tokenHash],
  );

/** Uses the token up; null when there is none, or no longer. */
export const takeReset = async (tokenHash) => {
  const unused = 'token = ? AND usedAt IS NULL AND expiresAt > UTC_TIMESTAMP(3)';
  const { affectedRows } = await query(
    `UPDATE password_resets SET usedAt = UTC_TIMESTAMP(3) WHERE ${unused}`,
    [tokenHash],
  );
  return affectedRows === 1 ? first('SELECT userId FROM password_resets WHERE token = ?', [tokenHash]) : null;
};
export const savePassword = (userId, hash) =>
  query('UPDATE users SET passwordHash = ?, updatedAt = UTC_TIMESTAMP(3) WHERE id = ?', [hash, userId]);

export const kpisOf = (userId) =>
  first(
    `SELECT COUNT(*) AS trades, COALESCE(SUM(realizedPnlUsd > 0), 0) AS wins,
       COALESCE(SUM(realizedPnlUsd - COALESCE(fees, 0)), 0) AS netPnlUsd,
       COALESCE(SUM(GREATEST(realizedPnlUsd, 0)), 0) AS gainsUsd,
       COALESCE(SUM(LEAST(realizedPnlUsd, 0)), 0) AS lossesUsd
     FROM trades WHERE userId = ? AND realizedPnlUsd IS NOT NULL`,
    [userId],
  );

const listed = 'id, symbol, direction, openedAt, entryPrice, exitPrice, realizedPnlUsd';

export const listTrades = (userId, { offset, limit }) =>
  query(`SELECT ${listed} FROM trades WHERE userId = ? ORDER BY openedAt DESC, id DESC LIMIT ? OFFSET ?`, [
    userId,
    limit,
    offset,
  ]);
export const latestTrades = (userId, limit) => listTrades(userId, { offset: 0, limit });

/** A trade with all that hangs on it; null when it is nobody's or somebody else's. */
export const findTrade = async (userId, id) => {
  const trade = await first(
    'SELECT t.*, a.name AS account FROM trades t LEFT JOIN accounts a ON a.id = t.accountId WHERE t.id = ? AND t.userId = ?',
    [id, userId],
  );
  if (!trade) return null;
  const [exits, tags, screenshots, playbook] = await Promise.all([
    query('SELECT exitedAt, price, quantity FROM trade_exits WHERE tradeId = ? ORDER BY exitedAt, id', [id]),
    query(
      'SELECT g.name FROM trade_tags tt JOIN tags g ON g.id = tt.tagId WHERE tt.tradeId = ? ORDER BY g.name',
      [id],
    ),
    query('SELECT path FROM screenshots WHERE tradeId = ? ORDER BY createdAt, id', [id]),
    query(
      `SELECT p.name, r.text, c.checked FROM trade_playbooks tp
       JOIN playbooks p ON p.id = tp.playbookId
       JOIN trade_playbook_prerequisites c ON c.tradePlaybookId = tp.id
       JOIN playbook_prerequisites r ON r.id = c.prerequisiteId
       WHERE tp.tradeId = ? ORDER BY p.name, r.position, r.id`,
      [id],
    ),
  ]);
  return { ...trade, exits, tags, screenshots, playbook };
};

export const deleteTrade = async (userId, id) => {
  const { affectedRows } = await query('DELETE FROM trades WHERE id = ? AND userId = ?', [id, userId]);
  return affectedRows === 1;
};

export const addScreenshot = (tradeId, { path, bytes }) =>
  query(
    'INSERT INTO screenshots (id, tradeId, path, bytes, createdAt) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))',
    [newId(), tradeId, path, bytes],
  );

const imported =
  'symbol, direction, openedAt, closedAt, entryPrice, exitPrice, quantity, realizedPnlUsd, fees, importHash';

/** Ids of those that were new. */
export const insertTrades = async (userId, trades) => {
  const ids = [];
  for (const trade of trades) {
    const id = newId();
    const values = imported.split(', ').map((name) => trade[name]);
    const { affectedRows } = await query(
      `INSERT INTO trades (id, userId, createdAt, updatedAt, ${imported})
       VALUES (?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?) ON DUPLICATE KEY UPDATE importHash = importHash`,
      [id, userId, values],
    );
    if (affectedRows === 1) ids.push(id);
  }
  return ids;
};

export const dayNote = async (userId, date) =>
  (await first('SELECT note FROM day_journals WHERE userId = ? AND date = ?', [userId, date]))?.note ?? null;

export const recentDays = async (userId, limit) => {
  const rows = await query('SELECT date FROM day_journals WHERE userId = ? ORDER BY date DESC LIMIT ?', [
    userId,
    limit,
  ]);
  return rows.map(({ date }) => date);
};

export const saveDayNote = (userId, date, note) =>
  note === ''
    ? query('DELETE FROM day_journals WHERE userId = ? AND date = ?', [userId, date])
    : query(
        `INSERT INTO day_journals (id, userId, date, note, createdAt, updatedAt)
         VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE note = VALUES(note), updatedAt = VALUES(updatedAt)`,
        [newId(), userId, date, note],
      );
