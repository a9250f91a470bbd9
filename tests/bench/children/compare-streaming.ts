/**
 * What anybody would write: both tables streamed by the bare clients in the order of their key, compared here.
 * BENCH_SIDES: the two accesses as JSON. Prints {rows, peak}, in bytes.
 */
import mysql from 'mysql2';
import pg from 'pg';
import { peakMemory } from '../peak-memory.ts';

type Row = readonly (string | null)[];

const sides = JSON.parse(process.env.BENCH_SIDES ?? '{}');
const columns = [
  ...['id', 'userId', 'accountId', 'symbol', 'direction', 'openedAt', 'closedAt', 'entryPrice', 'exitPrice'],
  ...['quantity', 'realizedPnlUsd', 'fees', 'rating', 'reviewed', 'note', 'createdAt', 'updatedAt'],
];

async function* mysqlRows(): AsyncGenerator<Row> {
  const connection = mysql.createConnection({ ...sides.mysql, dateStrings: true, charset: 'utf8mb4' });
  const sql = `SELECT ${columns.join(', ')} FROM trades ORDER BY BINARY id`;
  yield* connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: 1000 });
  connection.end();
}

const asText = { getTypeParser: () => (text: string) => text };

async function* postgresRows(): AsyncGenerator<Row> {
  const client = new pg.Client(sides.postgres);
  await client.connect();
  await client.query("BEGIN; SET LOCAL TimeZone = 'UTC'");
  const quoted = columns.map((name) => `"${name}"`).join(', ');
  await client.query(`DECLARE c NO SCROLL CURSOR FOR SELECT ${quoted} FROM trades ORDER BY id COLLATE "C"`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: 'FETCH 1000 FROM c',
      rowMode: 'array',
      types: asText,
    });
    if (rows.length === 0) break;
    yield* rows;
  }
  await client.end();
}

const instant = /At$/;
const same = (a: unknown, b: string | null, i: number): boolean => {
  if (a === null || b === null) return a === b;
  const text = String(a);
  // MySQL writes all three decimals of a second, Postgres those that are not zero, and its zone.
  if (instant.test(columns[i] ?? '')) return text.replace(/\.?0*$/, '') === b.slice(0, -3);
  if (columns[i] === 'reviewed') return (text === '1') === (b === 't');
  return text === b;
};

const [a, b] = [mysqlRows(), postgresRows()];
let rows = 0;
for (;;) {
  const [x, y] = await Promise.all([a.next(), b.next()]);
  if (x.done || y.done) {
    if (x.done !== y.done) throw new Error('one side has more rows');
    break;
  }
  rows += 1;
  const [here, there] = [x.value, y.value];
  if (!columns.every((_, i) => same(here[i], there[i] ?? null, i))) throw new Error(`${here[0]} differs`);
}
process.stdout.write(JSON.stringify({ rows, peak: peakMemory() }));
