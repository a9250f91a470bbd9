import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import type { ComparedTable, IdMapTable } from './compared-table.ts';
import type { Matched } from './match-columns.ts';
import { type Fault, matchColumns } from './match-columns.ts';
import { quoteMysql } from './mysql-canonical.ts';
import { mysqlTable } from './mysql-table.ts';
import { quoteQualified } from './postgres-canonical.ts';
import { postgresTable } from './postgres-table.ts';
import type { CompareInput, IdMap, TableInput } from './step.ts';

export interface Sessions {
  readonly mysql: SqlSession;
  readonly postgres: SqlSession;
}

/** `absent`: what is not there yet may be there on the night. */
export type Planned =
  | { readonly plan: ComparedTable }
  | { readonly absent: string }
  | { readonly faults: readonly Fault[] };

const isMatched = (found: Matched | readonly Fault[]): found is Matched => 'key' in found;

/** One new id could else stand for two old ones, and rows would count twice; or two for one, and rows would be one. */
const idMapFault = async (session: SqlSession, map: IdMap): Promise<Planned | null> => {
  const table = await postgresTable(session, map.table);
  if (!table) return { absent: `the id map ${map.table}` };
  const names = new Set(table.columns.map(({ name }) => name));
  const missing = [map.entity, map.old, map.new].filter((name) => !names.has(name));
  if (missing.length > 0)
    return {
      faults: [
        {
          what: `the id map ${map.table} has no column "${missing.join('", "')}"`,
          remedy: 'Name its columns by `entity`, `old` and `new`',
        },
      ],
    };
  const isUniqueBy = (...columns: readonly string[]) =>
    table.uniques.some((index) => index.every((name) => columns.includes(name)));
  const twice = [map.new, map.old].filter((id) => !isUniqueBy(map.entity, id));
  if (twice.length === 0) return null;
  return {
    faults: twice.map((id) => ({
      what: `the id map ${map.table} is not unique by ${map.entity} and ${id}`,
      remedy: `Add a unique index on (${map.entity}, ${id})`,
    })),
  };
};

/**
 * MySQL lists the columns that an account has a right on, and those alone. It shows how a table was made only to one
 * that has a right on the table itself, which is one on every column.
 */
const hiddenFault = async (session: SqlSession, input: TableInput): Promise<Planned | null> => {
  if (input.columns !== undefined) return null;
  try {
    await session.query(`SHOW CREATE TABLE ${quoteMysql(input.table)}`);
    return null;
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlState !== '42000') throw error;
    return {
      faults: [
        {
          what: `MySQL shows the target's user only some columns of ${input.table}: others may not be compared`,
          remedy: `GRANT SELECT on the whole table, or name what is compared by \`columns\``,
        },
      ],
    };
  }
};

const isUtf8 = async (session: SqlSession): Promise<boolean> => {
  const { rows } = await session.query("SELECT current_setting('server_encoding') AS encoding");
  return rows[0]?.encoding === 'UTF8';
};

const quotedMap = (map: IdMap): IdMapTable => ({ ...map, table: quoteQualified(map.table) });

/** What the two servers say of one table, brought together. Throws SqlError and SessionLost. */
export const matchTable = async (
  { mysql, postgres }: Sessions,
  input: TableInput,
  { id_map: map }: CompareInput,
): Promise<Planned> => {
  const name = input.as ?? input.table;
  const [here, there] = await Promise.all([mysqlTable(mysql, input.table), postgresTable(postgres, name)]);
  if (!here)
    return {
      faults: [
        {
          what: `MySQL has no table ${input.table}, or its user may not read it`,
          remedy: 'Correct the name, or GRANT SELECT on it',
        },
      ],
    };
  const hidden = await hiddenFault(mysql, input);
  if (hidden) return hidden;
  if (!there) return { absent: `the Postgres table ${name}` };
  const matched = matchColumns(input, { mysql: here, postgres: there });
  if (!isMatched(matched)) return { faults: matched };
  const usesMap = map !== undefined && Object.keys(input.ids).length > 0;
  const wrongMap = usesMap ? await idMapFault(postgres, map) : null;
  if (wrongMap) return wrongMap;
  return {
    plan: {
      ...matched,
      name: input.table,
      mysqlTable: quoteMysql(input.table),
      postgresTable: quoteQualified(name),
      where: input.where,
      zeroDatesAreNull: input.zero_date === null,
      idMap: usesMap ? quotedMap(map) : null,
      postgresIsUtf8: await isUtf8(postgres),
      estimatedRows: Math.max(here.estimatedRows, there.estimatedRows),
    },
  };
};
