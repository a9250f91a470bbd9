/** Fills a MySQL database from nothing. Takes any server: MariaDB of the lab, MySQL of the compose file. */
import type { Connection } from 'mysql2/promise';
import type { Person } from './people.ts';
import { seedRows } from './rows.ts';
import { schema } from './schema.ts';
import type { Sizes } from './sizes.ts';
import type { Row } from './values.ts';

/** Rows in one INSERT: far below MySQL's smallest max_allowed_packet (4 MB) even with the longest notes. */
const batchSize = 1_000;

/** The connection has the empty database selected and takes several statements at once. */
export const loadSeed = async (
  connection: Connection,
  sizes: Sizes,
  known: readonly Person[],
): Promise<void> => {
  // Zero dates are in, as they are in the real data; a value that does not fit is still an error.
  await connection.query(
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', unique_checks = 0, foreign_key_checks = 0",
  );
  await connection.query(schema);
  for (const [table, rows] of seedRows(sizes, known))
    for (const batch of inBatches(rows))
      await connection.query(`INSERT INTO ${table} (??) VALUES ?`, [
        Object.keys(batch[0] ?? {}),
        batch.map((row) => Object.values(row)),
      ]);
};

function* inBatches(rows: Iterable<Row>): Generator<Row[]> {
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
