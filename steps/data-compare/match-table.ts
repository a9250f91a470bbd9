import type { ComparedTable, IdMapTable } from './compared-table.ts';
import type { Matched } from './match-columns.ts';
import { type Fault, matchColumns } from './match-columns.ts';
import { quoteQualified } from './postgres-canonical.ts';
import { postgresTable } from './postgres-table.ts';
import type { Sessions } from './sessions.ts';
import type { CompareInput, IdMap, TableInput } from './step.ts';

/** `absent`: what is not there yet may be there in the run. */
export type Planned =
  | { readonly plan: ComparedTable }
  | { readonly absent: string }
  | { readonly faults: readonly Fault[] };

const isMatched = (found: Matched | readonly Fault[]): found is Matched => 'key' in found;

/** One new id could else stand for two old ones, and rows would count twice; or two for one, and rows would be one. */
const idMapFault = async (
  { server, label, session }: Sessions['there'],
  map: IdMap,
): Promise<Planned | null> => {
  if (server.title !== 'Postgres')
    return {
      faults: [
        { what: `an id map is read in Postgres, and ${label} is MySQL`, remedy: 'Compare without `id_map`' },
      ],
    };
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

const quotedMap = (map: IdMap): IdMapTable => ({ ...map, table: quoteQualified(map.table) });

/** What the two servers say of one table, brought together. Throws SqlError and SessionLost. */
export const matchTable = async (
  { here, there }: Sessions,
  input: TableInput,
  { id_map: map }: CompareInput,
): Promise<Planned> => {
  const name = input.as ?? input.table;
  const [ours, theirs] = await Promise.all([
    here.server.table(here.session, input.table),
    there.server.table(there.session, name),
  ]);
  if (!ours)
    return {
      faults: [
        {
          what: `${here.label} has no table ${input.table}, or its user may not read it`,
          remedy: 'Correct the name, or GRANT SELECT on it',
        },
      ],
    };
  if (!theirs) return { absent: `the table ${name} in ${there.label}` };
  if (input.columns === undefined) {
    const hidden = await Promise.all([
      here.server.hidden(here.session, input.table),
      there.server.hidden(there.session, name),
    ]);
    const faults = hidden.filter((fault) => fault !== null);
    if (faults.length > 0) return { faults };
  }
  const labels = { here: here.label, there: there.label };
  const matched = matchColumns(input, { labels, here: ours, there: theirs });
  if (!isMatched(matched)) return { faults: matched };
  const usesMap = map !== undefined && Object.keys(input.ids).length > 0;
  const wrongMap = usesMap ? await idMapFault(there, map) : null;
  if (wrongMap) return wrongMap;
  return {
    plan: {
      ...matched,
      name: input.table,
      labels,
      here: {
        table: here.server.quote(input.table),
        where: input.where.target,
        isUtf8: await here.server.isUtf8(here.session),
      },
      there: {
        table: there.server.quote(name),
        where: input.where.against,
        isUtf8: await there.server.isUtf8(there.session),
      },
      zeroDatesAreNull: input.zero_date === null,
      idMap: usesMap ? quotedMap(map) : null,
      estimatedRows: Math.max(ours.estimatedRows, theirs.estimatedRows),
    },
  };
};
