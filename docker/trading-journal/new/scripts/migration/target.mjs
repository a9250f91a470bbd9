// Postgres: rows go in by the thousand, and only where they differ from what is there.
import pg from 'pg';
import { keyOf } from './tables.mjs';

const quoted = pg.escapeIdentifier;

/** One array a column. A row that is there and the same is not touched, so that a second run changes nothing. */
const upsertOf = (table) => {
  const names = Object.keys(table.columns);
  const list = names.map(quoted).join(', ');
  const arrays = names.map((column, i) => `$${i + 1}::${table.columns[column].type}[]`).join(', ');
  const into = `INSERT INTO public.${quoted(table.name)} AS kept (${list}) SELECT * FROM unnest(${arrays})`;
  const conflict = `ON CONFLICT (${keyOf(table).map(quoted).join(', ')})`;
  const rest = names.filter((column) => !keyOf(table).includes(column)).map(quoted);
  if (rest.length === 0) return `${into} ${conflict} DO NOTHING`;
  const set = rest.map((column) => `${column} = EXCLUDED.${column}`).join(', ');
  const rowOf = (name) => `(${rest.map((column) => `${name}.${column}`).join(', ')})`;
  return `${into} ${conflict} DO UPDATE SET ${set} WHERE ${rowOf('kept')} IS DISTINCT FROM ${rowOf('EXCLUDED')}`;
};

const mapIds = `INSERT INTO migration.id_map (entity, old_id, new_id)
  SELECT $1, * FROM unnest($2::text[], $3::uuid[]) ON CONFLICT (entity, old_id) DO NOTHING`;

const authUsers = `SELECT id, email, encrypted_password AS hash FROM auth.users
  WHERE id = ANY ($1::uuid[]) OR email = ANY ($2::text[])`;

export const openTarget = async (connectionString, onLost) => {
  const client = new pg.Client({ connectionString });
  client.on('error', onLost);
  await client.connect();
  await client.query("SET timezone = 'UTC'; SET lock_timeout = '30s'");
  return {
    /** Which of these users Auth has, by id or by address. */
    authUsers: async (ids, emails) => (await client.query(authUsers, [ids, emails])).rows,
    /** A batch and the ids it was given, together or not at all. Answers how many rows were new or different. */
    write: async (table, values, oldIds) => {
      await client.query('BEGIN');
      try {
        if (oldIds) await client.query(mapIds, [table.name, oldIds, values[0]]);
        const { rowCount } = await client.query(upsertOf(table), values);
        await client.query('COMMIT');
        return rowCount;
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      }
    },
    count: async (table) =>
      Number((await client.query(`SELECT count(*) AS n FROM public.${quoted(table)}`)).rows[0].n),
    close: () => client.end(),
  };
};
