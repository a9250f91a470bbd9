// Brings the database to schema.sql, all of it or nothing. Env: DATABASE_URL, else the one in .env.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import pg from 'pg';

const given = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
const connectionString = process.env.DATABASE_URL ?? given.DATABASE_URL;
if (!connectionString?.startsWith('postgres')) {
  console.error('db:push: DATABASE_URL is not that of a Postgres');
  process.exit(2);
}

const client = new pg.Client({ connectionString });
await client.connect();
try {
  // A lock that a rehearsal still holds is reported, not waited for.
  await client.query("SET lock_timeout = '30s'");
  await client.query(`BEGIN;\n${readFileSync('schema.sql', 'utf8')}\nCOMMIT;`);
  const { rows } = await client.query(
    "SELECT count(*)::int AS tables, count(*) FILTER (WHERE NOT rowsecurity)::int AS open FROM pg_tables WHERE schemaname = 'public'",
  );
  console.log(JSON.stringify(rows[0]));
} finally {
  await client.end();
}
