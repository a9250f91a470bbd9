/** Walks two streams of rows that are in the same order, each row once and only two of them in memory. */
import type { TextRow } from '../_kits/sql/client.ts';
import { isSame, type Value } from './cells.ts';
import { allColumns, type ComparedTable } from './compared-table.ts';
import { notComparable } from './not-comparable.ts';

/** A row as it travels: the key's hash, a digit for each column that says whether it is NULL, the values. */
export class Row {
  readonly hash: string;
  readonly #cells: TextRow;
  readonly #nulls: string;
  constructor(cells: TextRow) {
    this.hash = cells[0] ?? '';
    this.#nulls = cells[1] ?? '';
    this.#cells = cells;
  }
  /** Throws where the server gave NULL for a value that is none. @param i of the column, from 0 */
  value(i: number): Value {
    const text = this.#cells[i + 2] ?? null;
    const what = this.#nulls[i];
    if (what === '1') return null;
    if (text === null || (what !== '0' && what !== '2'))
      throw notComparable(
        `a server has no text of a value in column ${i + 1} of those that are compared`,
        'Raise max_allowed_packet on that server, or list the column in `ignore` and prove it another way',
      );
    return what === '0' ? text : { unmapped: text };
  }
}

export type RowDifference =
  | { readonly what: 'missing' | 'extra'; readonly row: Row }
  | {
      readonly what: 'differing';
      readonly row: Row;
      readonly other: Row;
      /** Indexes of the columns. */
      readonly at: readonly number[];
    };

interface Watching {
  /** Told of every row that was looked at, whichever side it is of. */
  seen(): void;
  /** Told of a key's hash whose checksums have a reason to differ: the rows differ, or are the same in other words. */
  explained(hash: string): void;
}

/**
 * The hashes must rise: an order that the two sides do not share would show as rows that are missing and extra. Two
 * rows of one hash have one key in the form that is compared: which of them belongs to which cannot be said.
 */
async function* rising(rows: AsyncIterable<TextRow>, of: string): AsyncGenerator<Row> {
  let last = '';
  for await (const cells of rows) {
    const row = new Row(cells);
    if (row.hash === '') throw notComparable(`a row of ${of} has a key without a checksum`, retry);
    if (row.hash === last)
      throw notComparable(`two rows of ${of} have the same key as it is compared`, 'Name another key');
    if (row.hash < last)
      throw new Error(`rows of ${of} are not in the order of their key's hash: ${row.hash} after ${last}`);
    last = row.hash;
    yield row;
  }
}

const retry = 'Raise max_allowed_packet on that server, then retry';

type Judged = { readonly at: readonly number[]; readonly isReworded: boolean };

const judged = (plan: ComparedTable, a: Row, b: Row): Judged => {
  const at: number[] = [];
  let isReworded = false;
  for (const [i, pair] of allColumns(plan).entries()) {
    const [x, y] = [a.value(i), b.value(i)];
    if (x === y) continue;
    if (isSame(pair, x, y)) isReworded = true;
    else at.push(i);
  }
  return { at, isReworded };
};

export async function* rowDifferences(
  plan: ComparedTable,
  here: AsyncIterable<TextRow>,
  there: AsyncIterable<TextRow>,
  { seen, explained }: Watching,
): AsyncGenerator<RowDifference> {
  const { labels } = plan;
  const a = rising(here, `${plan.name} in ${labels.here}`);
  const b = rising(there, `${plan.name} in ${labels.there}`);
  try {
    let [x, y] = await Promise.all([a.next(), b.next()]);
    while (!x.done || !y.done) {
      seen();
      const order = x.done ? 1 : y.done ? -1 : compareText(x.value.hash, y.value.hash);
      if (order < 0 && !x.done) {
        explained(x.value.hash);
        yield { what: 'missing', row: x.value };
      } else if (order > 0 && !y.done) {
        explained(y.value.hash);
        yield { what: 'extra', row: y.value };
      } else if (!x.done && !y.done) {
        const { at, isReworded } = judged(plan, x.value, y.value);
        if (at.length > 0 || isReworded) explained(x.value.hash);
        if (at.length > 0) yield { what: 'differing', row: x.value, other: y.value, at };
      }
      if (order <= 0) x = await a.next();
      if (order >= 0) y = await b.next();
    }
  } finally {
    await Promise.allSettled([a.return(undefined), b.return(undefined)]);
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
