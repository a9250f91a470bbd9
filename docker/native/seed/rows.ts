import { type Person, peopleTables } from './people.ts';
import { playbookTables } from './playbooks.ts';
import { screenshotTable } from './screenshots.ts';
import type { Sizes } from './sizes.ts';
import { tradeTables } from './trades.ts';
import type { Row } from './values.ts';

/** Every table's rows, in the order that their foreign keys ask for; all rows of a table have the same columns. */
export const seedRows = (
  { users, trades }: Sizes,
  known: readonly Person[],
): readonly [table: string, rows: Iterable<Row>][] => {
  const people = peopleTables(users, known);
  // day_tags and trade_tags need tags, trades need accounts: people first.
  return [
    ...people,
    ...tradeTables(users, trades),
    screenshotTable(trades),
    ...playbookTables(users, trades),
  ];
};
