import type { SqlResult } from './client.ts';
import type { QueryInput } from './query-input.ts';

export const countedRows = (n: number): string => `${n} ${n === 1 ? 'row' : 'rows'}`;

/** What of a result is not as it should be; empty: all is well. Pure. */
export const expectationFaults = (expected: QueryInput['expect'], result: SqlResult): readonly string[] => {
  const faults: string[] = [];
  const { rows, affected, value } = expected;
  if (rows !== undefined && result.rowCount !== rows)
    faults.push(`expected ${countedRows(rows)}, got ${result.rowCount}`);
  if (affected !== undefined && result.affectedRows !== affected)
    faults.push(`expected ${countedRows(affected)} to change, ${result.affectedRows} did`);
  if (value !== undefined) {
    const first = result.rows[0];
    const found = first && Object.values(first)[0];
    if (found !== value)
      faults.push(`expected ${JSON.stringify(value)}, got ${first ? JSON.stringify(found) : 'no row'}`);
  }
  return faults;
};
