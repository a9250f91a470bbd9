/** A table of the numbers 1 to `n` (at most 10,000) as `seq`, on every server: only MariaDB has one of its own. */
export const sequence = (n: number): string => {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  const places = ['a', 'b', 'c', 'e'].map((name) => `(${digits}) ${name}`).join(', ');
  const seq = '1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d';
  return `(SELECT ${seq} AS seq FROM ${places} WHERE ${seq} <= ${n}) sequence`;
};
