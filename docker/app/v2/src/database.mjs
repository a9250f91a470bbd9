import mysql from 'mysql2/promise';

let pool;
const database = () => {
  pool ??= mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 4 });
  return pool;
};

/** null, or what is wrong. */
export const isHealthy = async () => {
  try {
    await database().query('SELECT id, symbol, realizedPnlUsd FROM trades LIMIT 1');
    return null;
  } catch (error) {
    return error.code ?? 'unknown';
  }
};

export const countRows = async () => {
  const [[counts]] = await database().query(
    'SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM trades) AS trades',
  );
  return counts;
};

export const listPlaybooks = async () => {
  const [rows] = await database().query('SELECT id, name FROM playbooks ORDER BY id');
  return rows;
};
