// Copies everything of 1.4's MySQL to Supabase. May be run again, also after it was killed: what is there and the
// same is left alone. `--check` connects, looks for what would stop it, counts, and writes nothing.
// Env: MYSQL_URL, DATABASE_URL, SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY.
// Progress on stderr; the last line of stdout is one JSON object. Exit 0: every row of every table is there.
import { parseArgs } from 'node:util';
import { openAuth } from './migration/auth.mjs';
import { copyTable } from './migration/copy.mjs';
import { openSource } from './migration/source.mjs';
import { skippedTables, tables } from './migration/tables.mjs';
import { openTarget } from './migration/target.mjs';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const required = ['MYSQL_URL', 'DATABASE_URL', 'SUPABASE_URL', 'SUPABASE_SERVICE_ROLE_KEY'];
const missing = required.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`migrate: set ${missing.join(', ')}`);
  process.exit(2);
}

const say = (text) => console.error(`migrate: ${text}`);
const seen = { changed: 0, createdUsers: 0, nulledDates: 0, stalePasswords: 0 };
const started = performance.now();
const seconds = () => Number(((performance.now() - started) / 1000).toFixed(1));

const countAll = async (place, names) => {
  const counts = {};
  for (const name of names) counts[name] = await place.count(name);
  return counts;
};

/** What an earlier run or somebody else left there is as wrong as what is missing. */
const differences = async (read, target) => {
  const found = await countAll(target, Object.keys(read));
  return Object.entries(read)
    .filter(([name, n]) => found[name] !== n)
    .map(([name, n]) => `${name}: MySQL has ${n} rows, Postgres ${found[name]}`);
};

const migrate = async (places) => {
  const read = {};
  for (const table of tables) {
    read[table.name] = await copyTable(table, {
      ...places,
      seen,
      progress: (name, done) => say(`${name} ${done}`),
    });
  }
  const wrong = await differences(read, places.target);
  if (wrong.length > 0) throw new Error(`The counts differ. ${wrong.join('; ')}`);
  if (seen.stalePasswords > 0)
    say(`${seen.stalePasswords} users have another password in MySQL than an earlier run gave to Auth`);
  return {
    users: read.users,
    tables: read,
    skipped: await countAll(places.source, skippedTables),
    nulled_dates: seen.nulledDates,
    rows: Object.values(read).reduce((sum, n) => sum + n, 0),
    changed: seen.changed,
    created_users: seen.createdUsers,
    stale_passwords: seen.stalePasswords,
    seconds: seconds(),
  };
};

const check = async ({ source, target }) => {
  const names = tables.map(({ name }) => name);
  return {
    check: true,
    mysql: await countAll(source, [...names, ...skippedTables]),
    postgres: await countAll(target, names),
    seconds: seconds(),
  };
};

/** A server that goes away between two answers tells nobody who waits: node would end it with a stack for a message. */
const lost = (server) => (error) => {
  say(`${server} went away: ${error.message}. Run it again once ${server} is back; what has arrived stays`);
  process.exit(1);
};

const run = async () => {
  const { MYSQL_URL, DATABASE_URL, SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY } = process.env;
  const auth = openAuth(SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY);
  await auth.probe();
  const target = await openTarget(DATABASE_URL, lost('Postgres'));
  const source = await openSource(MYSQL_URL, lost('MySQL'));
  const problems = await source.problems();
  if (problems.length > 0) throw new Error(`Nothing was written. ${problems.join('; ')}`);
  const result = await (options.check ? check : migrate)({ source, target, auth });
  await Promise.all([source.close(), target.close()]);
  return result;
};

await run().then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    say(error.message);
    // A connection that still streams would keep the process alive.
    process.exit(1);
  },
);
