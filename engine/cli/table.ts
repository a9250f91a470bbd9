import { clean } from '../text.ts';

/**
 * Columns without borders: read by people, cut by awk. Ids, words and times only, one cell wide a letter; a
 * table library took half a minute over ten thousand rows.
 */
export const columns = (given: readonly (readonly string[])[]): string => {
  const rows = given.map((row) => row.map(clean));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
};
