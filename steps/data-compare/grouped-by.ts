import type { Json } from '../../engine/plan.ts';

/** Columns of each index; a part that is an expression is named as no column is. */
export const groupedBy = (
  rows: readonly { readonly [column: string]: Json }[],
): readonly (readonly string[])[] => {
  const indexes = new Map<string, string[]>();
  for (const { name, col } of rows) {
    const columns = indexes.get(String(name)) ?? [];
    columns.push(col === null ? '\0' : String(col));
    indexes.set(String(name), columns);
  }
  return [...indexes.values()];
};
