import type { SqlSession } from '../_targets/sql/client.ts';
import type { Matched } from './match-columns.ts';
import { type Fault, matchColumns } from './match-columns.ts';
import { quoteMysql } from './mysql-sql.ts';
import { mysqlTable } from './mysql-table.ts';
import { quoteQualified } from './postgres-sql.ts';
import { postgresTable } from './postgres-table.ts';
import type { CompareInput, IdMap, TableInput } from './step.ts';
import type { IdMapTable, TablePlan } from './table-plan.ts';

export interface Sessions {
  readonly mysql: SqlSession;
  readonly postgres: SqlSession;
}

/** `absent`: what is not there yet may be there on the night. */
export type Planned =
  | { readonly plan: TablePlan }
  | { readonly absent: string }
  | { readonly faults: readonly Fault[] };

const isMatched = (found: Matched | readonly Fault[]): found is Matched => 'key' in found;

/** Without a unique index one new id could stand for two old ones, and rows would count twice. */
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
  const lookedUp = new Set([map.entity, map.new]);
  if (table.uniques.some((index) => index.every((name) => lookedUp.has(name)))) return null;
  return {
    faults: [
      {
        what: `the id map ${map.table} is not unique by ${map.entity} and ${map.new}`,
        remedy: `Add a unique index on (${map.entity}, ${map.new})`,
      },
    ],
  };
};

const quotedMap = (map: IdMap): IdMapTable => ({ ...map, table: quoteQualified(map.table) });

/** What the two servers say of one table, brought together. Throws SqlError and SessionLost. */
export const planTable = async (
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
      estimatedRows: Math.max(here.estimatedRows, there.estimatedRows),
    },
  };
};
