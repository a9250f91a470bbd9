/** Walks two streams of rows that are in the same order, each row once and only two of them in memory. */
import type { TextRow } from '../_targets/sql/client.ts';
import { isSame } from './cells.ts';
import type { ColumnPair } from './table-plan.ts';

export type RowDifference =
  | { readonly what: 'missing' | 'extra'; readonly row: TextRow }
  | {
      readonly what: 'differing';
      readonly row: TextRow;
      readonly other: TextRow;
      /** Indexes of the columns. */
      readonly at: readonly number[];
    };

/** The key's hash comes first; the values follow. */
const hashOf = (row: TextRow): string => row[0] ?? '';

/** The hashes must rise: an order that the two sides do not share would show as rows that are missing and extra. */
async function* rising(rows: AsyncIterable<TextRow>): AsyncGenerator<TextRow> {
  let last = '';
  for await (const row of rows) {
    const hash = hashOf(row);
    if (hash <= last) throw new Error(`rows are not in the order of their key's hash: ${hash} after ${last}`);
    last = hash;
    yield row;
  }
}

const differing = (columns: readonly ColumnPair[], a: TextRow, b: TextRow): RowDifference | null => {
  const at = columns.flatMap((pair, i) => (isSame(pair, a[i + 1] ?? null, b[i + 1] ?? null) ? [] : [i]));
  return at.length === 0 ? null : { what: 'differing', row: a, other: b, at };
};

/** @param seen is told of every row that was looked at, whichever side it is of */
export async function* rowDifferences(
  columns: readonly ColumnPair[],
  mysql: AsyncIterable<TextRow>,
  postgres: AsyncIterable<TextRow>,
  seen: () => void,
): AsyncGenerator<RowDifference> {
  const [a, b] = [rising(mysql), rising(postgres)];
  try {
    let [x, y] = await Promise.all([a.next(), b.next()]);
    while (!x.done || !y.done) {
      seen();
      const order = x.done ? 1 : y.done ? -1 : compareText(hashOf(x.value), hashOf(y.value));
      if (order < 0 && !x.done) yield { what: 'missing', row: x.value };
      else if (order > 0 && !y.done) yield { what: 'extra', row: y.value };
      else if (!x.done && !y.done) {
        const found = differing(columns, x.value, y.value);
        if (found) yield found;
      }
      if (order <= 0) x = await a.next();
      if (order >= 0) y = await b.next();
    }
  } finally {
    await Promise.allSettled([a.return(undefined), b.return(undefined)]);
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
