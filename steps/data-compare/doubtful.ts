/** What a compared table or its condition calls that may do more than read: a dry run leaves it alone. */
import type { SqlClient, SqlSession } from '../_kits/sql/client.ts';
import { type Named, type Used, usesNothing } from '../_kits/sql/statement.ts';
import type { Sessions } from './match-table.ts';
import type { Sides } from './sessions.ts';
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
  { mysql, postgres }: Sessions,
  { table, as = table, where, ids }: TableInput,
  { id_map: map }: CompareInput,
): Promise<readonly string[]> => {
  const mapped = map !== undefined && Object.keys(ids).length > 0 ? [named(map.table)] : [];
  const here = await ofSide(sides.mysql, mysql, where.mysql, [{ schema: null, name: table }]);
  const there = await ofSide(sides.postgres, postgres, where.postgres, [named(as), ...mapped]);
  return [...here.map((one) => `${one} in MySQL`), ...there.map((one) => `${one} in Postgres`)];
};
