// One table from MySQL to Postgres, batch by batch: never more than one batch of it in memory.
import { ensureUsers } from './users.mjs';

const rowsInBatch = ({ name }) => (name === 'users' ? 200 : 2_000);

/** Answers how many rows were read. `seen` adds up what happened to them. */
export const copyTable = async (table, places) => {
  const { source, seen, progress } = places;
  let done = 0;
  const flush = async (batch) => {
    if (table.name === 'users') await ensureUsers(table, batch, places);
    seen.changed += await write(table, batch, places);
    done += batch.length;
    progress(table.name, done);
  };
  try {
    let batch = [];
    for await (const row of source.rows(table)) {
      if (batch.push(row) < rowsInBatch(table)) continue;
      await flush(batch);
      batch = [];
    }
    if (batch.length > 0) await flush(batch);
  } catch (error) {
    throw new Error(`${table.name}, after ${done} rows: ${error.message}`, { cause: error });
  }
  return done;
};

const write = (table, batch, { target, seen }) => {
  const kinds = Object.values(table.columns);
  const values = kinds.map(({ convert }, i) => batch.map((row) => convert(row[i], seen)));
  // Rows without an id of their own need no mapping.
  const oldIds = table.key ? null : batch.map((row) => row[0]);
  return target.write(table, values, oldIds);
};
