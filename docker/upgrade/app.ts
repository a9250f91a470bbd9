/**
 * A small shop on Postgres: it reads where its database is from a file, and reads that file again on SIGHUP.
 * `GET /healthz` says which server it works on, `POST /orders` writes a row there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseEnv } from 'node:util';
import pg from 'pg';

const { PORT = '', ENV_FILE = '', PID_FILE = '' } = process.env;

const openPool = (): pg.Pool => {
  const { DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME } = parseEnv(readFileSync(ENV_FILE, 'utf8'));
  const pool = new pg.Pool({
    host: DB_HOST,
    port: Number(DB_PORT),
    user: DB_USER,
    password: DB_PASSWORD,
    database: DB_NAME,
    max: 4,
    connectionTimeoutMillis: 2_000,
  });
  // A session that the server ends is no reason to end.
  pool.on('error', () => undefined);
  return pool;
};

let pool = openPool();

process.on('SIGHUP', () => {
  const before = pool;
  pool = openPool();
  void before.end();
});

const answers: Record<string, () => Promise<unknown>> = {
  'GET /healthz': async () => (await pool.query("SELECT current_setting('cluster_name') AS server")).rows[0],
  'POST /orders': async () =>
    (
      await pool.query(
        "INSERT INTO orders (note) VALUES ('shop') RETURNING id, current_setting('cluster_name') AS server",
      )
    ).rows[0],
};

createServer((request, response) => {
  const answer = answers[`${request.method} ${request.url}`];
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (!answer) return void send(404, { error: 'not found' });
  answer().then(
    (body) => send(200, body),
    (error: unknown) => send(503, { error: error instanceof Error ? error.message : String(error) }),
  );
}).listen(Number(PORT), '127.0.0.1', () => writeFileSync(PID_FILE, `${process.pid}\n`));
