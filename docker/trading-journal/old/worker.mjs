// Keeps each account's net result up to date, one account at a time: the one that waited longest.
// It writes whether or not anybody visits the site, so a maintenance page alone does not stop changes to the data.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import mysql from 'mysql2/promise';

const { DATABASE_URL } = parseEnv(readFileSync('.env', 'utf8'));
const pool = mysql.createPool({ uri: DATABASE_URL, connectionLimit: 1 });
const pauseMs = 1000;

const refresh = `
UPDATE accounts
SET netPnlUsd = (SELECT COALESCE(SUM(t.realizedPnlUsd - COALESCE(t.fees, 0)), 0) FROM trades t WHERE t.accountId = accounts.id),
  updatedAt = UTC_TIMESTAMP(3)
ORDER BY updatedAt LIMIT 1`;

const stop = new AbortController();
process.on('SIGINT', () => stop.abort());

while (!stop.signal.aborted) {
  // A database that is away, read-only or being restored is met again next time.
  await pool.query(refresh).catch((error) => console.error(new Date().toISOString(), error.code ?? error));
  await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => {});
}
await pool.end();
// pm2's channel to us would keep the process alive until it is killed.
process.exit(0);
