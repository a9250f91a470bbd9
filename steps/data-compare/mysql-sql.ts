/** Statements for MySQL and MariaDB. What they give must be, to the byte, what postgres-sql.ts gives. Pure. */
import {
  allColumns,
  type ColumnPair,
  hasAnyText,
  literal,
  sharedScale,
  type TablePlan,
} from './table-plan.ts';

export const quoteMysql = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** `1.500` is `1.5`, `1.000` is `1`. Only for a text with a point in it. */
const trimmed = (text: string): string => `TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ${text}))`;

const utf8 = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'ascii']);

const numberText = (pair: ColumnPair): string => {
  const { family, isPadded, isSingle } = pair.mysql;
  const column = quoteMysql(pair.mysql.name);
  // A single's own text has six digits; as a double it has all of them.
  if (pair.kind === 'double') return isSingle || family !== 'double' ? `(${column} + 0E0)` : column;
  const plain = family === 'bit' || isPadded ? `(${column} + 0)` : column;
  if (pair.kind !== 'decimal') return plain;
  const scale = sharedScale(pair);
  if (scale === null) return pair.mysql.scale === 0 ? plain : trimmed(plain);
  return scale === pair.mysql.scale ? plain : `CAST(${plain} AS DECIMAL(65,${scale}))`;
};

/** @param as of bytes the zeros are cut off at a third of the cost, but only a checksum can use them */
const timeText = (
  { kind, mysql }: ColumnPair,
  zeroDatesAreNull: boolean,
  as: 'CHAR' | 'BINARY' = 'CHAR',
): string => {
  const column = quoteMysql(mysql.name);
  const whole = kind === 'datetime' && mysql.family === 'date' ? `CAST(${column} AS DATETIME)` : column;
  const text = `CAST(${whole} AS ${as})`;
  const short = mysql.fraction > 0 ? trimmed(text) : text;
  if (!zeroDatesAreNull || kind === 'time') return short;
  // As text: with NO_ZERO_DATE a zero date cannot stand in a comparison of dates.
  return `NULLIF(${short}, '0000-00-00${kind === 'datetime' ? ' 00:00:00' : ''}')`;
};

const unicode = (column: string, charset: string | null): string =>
  charset !== null && utf8.has(charset) ? column : `CONVERT(${column} USING utf8mb4)`;

/** The canonical text of a value, or NULL. */
const canonicalOf = (pair: ColumnPair, zeroDatesAreNull: boolean): string => {
  const { family, charset } = pair.mysql;
  const column = quoteMysql(pair.mysql.name);
  switch (pair.kind) {
    case 'integer':
    case 'decimal':
    case 'double':
    case 'boolean':
      return numberText(pair);
    case 'datetime':
    case 'date':
    case 'time':
      return timeText(pair, zeroDatesAreNull);
    case 'uuid':
      return `LOWER(${family === 'bytes' ? `HEX(${column})` : `REPLACE(${column}, '-', '')`})`;
    case 'bytes':
      return `CONCAT(LENGTH(${column}), ' bytes, MD5 ', MD5(${column}))`;
    case 'caseless':
      return `LOWER(${unicode(column, charset)})`;
    case 'text':
    case 'json':
      return family === 'text' ? unicode(column, charset) : `CAST(${column} AS CHAR)`;
  }
};

const instants = new Set(['datetime', 'date', 'time']);

/** The same text, as bytes where that is cheaper. */
const checksummed = (pair: ColumnPair, zeroDatesAreNull: boolean): string =>
  instants.has(pair.kind) ? timeText(pair, zeroDatesAreNull, 'BINARY') : canonicalOf(pair, zeroDatesAreNull);

/** Parts of a CONCAT that tell the value from every other, and NULL from every value. */
const fieldOf = (pair: ColumnPair, plan: TablePlan): readonly string[] => {
  const value = checksummed(pair, plan.zeroDatesAreNull);
  const canBeNull =
    pair.mysql.nullable || (plan.zeroDatesAreNull && (pair.kind === 'datetime' || pair.kind === 'date'));
  if (!hasAnyText(pair)) return [canBeNull ? `IFNULL(${value}, '')` : value];
  // Its bytes: two collations would else be at odds within one text.
  const bytes = `CAST(${value} AS BINARY)`;
  return canBeNull
    ? [`IFNULL(CONCAT(LENGTH(${value}), ':', ${bytes}), '')`]
    : [`LENGTH(${value})`, "':'", bytes];
};

const joined = (pairs: readonly ColumnPair[], plan: TablePlan): string =>
  `CONCAT(${pairs.map((pair) => fieldOf(pair, plan).join(', ')).join(", ',', ")}, ',')`;

const keyHash = (plan: TablePlan): string => `MD5(${joined(plan.key, plan)})`;

const whereOf = ({ where }: TablePlan, more: readonly string[] = []): string => {
  const conditions = [...(where.mysql === undefined ? [] : [`(${where.mysql}\n)`]), ...more];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
};

/** A partly zero date is no zero date: it stays what it is. The first test spares most rows the second. */
const zeroDates = (plan: TablePlan): string => {
  const counts = allColumns(plan)
    .filter(({ kind }) => plan.zeroDatesAreNull && (kind === 'datetime' || kind === 'date'))
    .map(({ mysql }) => {
      const column = quoteMysql(mysql.name);
      return `COALESCE(SUM(${column} < '0001-01-01' AND CAST(${column} AS CHAR) LIKE '0000-00-00%'), 0)`;
    });
  return counts.length === 0 ? '0' : counts.join(' + ');
};

/** bucket, rows, sum of the hashes, zero dates. @param chars of the key's hash that make a bucket */
export const mysqlDigests = (plan: TablePlan, chars: number): string => {
  const bucket = chars === 0 ? "''" : `LEFT(${keyHash(plan)}, ${chars})`;
  const row = `MD5(${joined(allColumns(plan), plan)})`;
  return `SELECT ${bucket} AS bucket, COUNT(*) AS n, SUM(CAST(CONV(LEFT(${row}, 15), 16, 10) AS UNSIGNED)) AS hashes, ${zeroDates(plan)} AS zero_dates
    FROM ${plan.mysqlTable}${whereOf(plan)}${chars === 0 ? '' : ' GROUP BY bucket'}`;
};

/** The key's hash and all values, in the order of the hash; of some buckets, or of all. */
export const mysqlRows = (plan: TablePlan, buckets: readonly string[] | null): string => {
  const values = allColumns(plan).map((pair) => canonicalOf(pair, plan.zeroDatesAreNull));
  const chars = buckets?.[0]?.length ?? 0;
  const only =
    buckets === null || chars === 0
      ? []
      : [`LEFT(${keyHash(plan)}, ${chars}) IN (${buckets.map(literal).join(', ')})`];
  return `SELECT ${[`${keyHash(plan)} AS h`, ...values].join(', ')} FROM ${plan.mysqlTable}${whereOf(plan, only)} ORDER BY h`;
};

export const mysqlZeroDates = (plan: TablePlan): string =>
  `SELECT ${zeroDates(plan)} AS zero_dates FROM ${plan.mysqlTable}${whereOf(plan)}`;
