/** Differences in words: keys and names of columns; values only of columns that the runbook shows. */
import { toldApart, toldKey, toldWhole } from './cells.ts';
import { allColumns, type ComparedTable } from './compared-table.ts';
import type { RowDifference } from './row-differences.ts';
import type { CompareOutput, Difference } from './step.ts';

const keyOf = ({ key }: ComparedTable, row: RowDifference['row']): string =>
  key.map((_, i) => toldKey(row.value(i))).join(', ');

const keyWithNames = ({ key }: ComparedTable, row: RowDifference['row']): string =>
  key.map(({ name }, i) => `${name}=${toldKey(row.value(i))}`).join(' ');

export const differenceOf = (plan: ComparedTable, found: RowDifference): Difference => ({
  table: plan.name,
  key: keyOf(plan, found.row),
  what: found.what,
  column: found.what === 'differing' ? (allColumns(plan)[found.at[0] ?? 0]?.name ?? null) : null,
});

const where = ({ labels }: ComparedTable, what: 'missing' | 'extra'): string =>
  what === 'missing' ? `is missing in ${labels.there}` : `is in ${labels.there} only`;

/** In one line, of the first column that differs. */
export const shortly = (plan: ComparedTable, found: RowDifference): string => {
  const row = `${plan.name} ${keyWithNames(plan, found.row)}`;
  if (found.what !== 'differing') return `${row} ${where(plan, found.what)}`;
  const [first = 0, ...more] = found.at;
  const pair = allColumns(plan)[first];
  if (!pair) return row;
  const apart = toldApart(pair, plan.labels, found.row.value(first), found.other.value(first));
  const others =
    more.length === 0 ? '' : ` (and ${more.length} more ${more.length === 1 ? 'column' : 'columns'})`;
  return `${row} ${pair.name}: ${apart}${others}`;
};

/** Every column that differs. */
export const inFull = (plan: ComparedTable, found: RowDifference): string => {
  const row = `${plan.name} ${keyWithNames(plan, found.row)}`;
  if (found.what !== 'differing') return `${row} ${where(plan, found.what)}\n`;
  const { here, there } = plan.labels;
  const inColumn = (label: string) => `${label}:`.padEnd(Math.max(here.length, there.length) + 1);
  const lines = found.at.flatMap((i) => {
    const pair = allColumns(plan)[i];
    if (!pair) return [];
    const [a, b] = [found.row.value(i), found.other.value(i)];
    return pair.shown
      ? [`  ${pair.name}\n    ${inColumn(here)} ${toldWhole(a)}\n    ${inColumn(there)} ${toldWhole(b)}\n`]
      : [`  ${pair.name}: ${toldApart(pair, plan.labels, a, b)}\n`];
  });
  return `${row}\n${lines.join('')}`;
};

const rows = (n: number): string => `${n} ${n === 1 ? 'row' : 'rows'}`;

export const summed = ({ tables, mismatches }: CompareOutput, there: string): string => {
  const parts = Object.entries(tables).flatMap(([table, { differing, missing, extra }]) => {
    const counts = [
      ...(differing > 0 ? [`${rows(differing)} differ`.replace(/^(1 row) differ$/, '$1 differs')] : []),
      ...(missing > 0 ? [`${rows(missing)} missing in ${there}`] : []),
      ...(extra > 0 ? [`${rows(extra)} only in ${there}`] : []),
    ];
    return counts.length === 0 ? [] : [`${table}: ${counts.join(', ')}`];
  });
  return `${mismatches === 1 ? '1 difference' : `${mismatches} differences`}: ${parts.join('; ')}`;
};
