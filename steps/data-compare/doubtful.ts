/** What a compared table or its condition calls that may do more than read: a dry run leaves it alone. */
import type { SqlClient, SqlSession } from '../_kits/sql/client.ts';
import { type Named, type Used, usesNothing } from '../_kits/sql/statement.ts';
import type { Sessions, Sides } from './sessions.ts';
import type { CompareInput, TableInput } from './step.ts';

const named = (table: string): Named => {
  const [name = table, schema = null] = table.split('.').reverse();
  return { schema, name };
};

const unknown = 'its condition, which the parser does not know,';

const ofSide = async (
  client: SqlClient,
  session: SqlSession,
  condition: string | undefined,
  relations: readonly Named[],
): Promise<readonly string[]> => {
  const judged = condition === undefined ? null : await client.judge(`SELECT 1 WHERE (${condition}\n)`);
  const text: Used = judged?.is === 'read' ? judged : usesNothing;
  const found = await client.unproven(session, { ...text, relations: [...relations, ...text.relations] });
  return judged === null || judged.is === 'read' ? found : [unknown, ...found];
};

/** Names, for people; empty: nothing. Throws SqlError and SessionLost. */
export const doubtfulIn = async (
  sides: Sides,
  { here, there }: Sessions,
  { table, as = table, where, ids }: TableInput,
  { id_map: map }: CompareInput,
): Promise<readonly string[]> => {
  const mapped = map !== undefined && Object.keys(ids).length > 0 ? [named(map.table)] : [];
  const ours = await ofSide(sides.here.client, here.session, where.target, [named(table)]);
  const theirs = await ofSide(sides.there.client, there.session, where.against, [named(as), ...mapped]);
  return [
    ...ours.map((one) => `${one} in ${here.label}`),
    ...theirs.map((one) => `${one} in ${there.label}`),
  ];
};
