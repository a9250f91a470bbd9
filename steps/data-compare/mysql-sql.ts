/** Statements for MySQL and MariaDB. What they give must be, to the byte, what postgres-sql.ts gives. Pure. */

import {
  allColumns,
  hasAnyText,
  literal,
  type MysqlColumn,
  type OwnPair,
  type OwnPlan,
} from './compared-table.ts';
import {
  mysqlCanonical,
  mysqlChecksummed,
  mysqlHash,
  mysqlIsNull,
  mysqlIsZeroDate,
} from './mysql-canonical.ts';

type Pair = OwnPair<MysqlColumn>;
type Plan = OwnPlan<MysqlColumn>;

/** Parts of a CONCAT that tell the value from every other, and NULL from every value. A failed one makes all NULL. */
const fieldOf = (pair: Pair, plan: Plan): readonly string[] => {
  const value = mysqlChecksummed(pair);
  const isNull = mysqlIsNull(pair, plan.zeroDatesAreNull);
  if (!hasAnyText(pair)) return [isNull === null ? value : `IF(${isNull}, '', ${value})`];
  // Its bytes: two collations would else be at odds within one text.
  const bytes = `CAST(${value} AS BINARY)`;
  return isNull === null
    ? [`LENGTH(${value})`, "':'", bytes]
    : [`IF(${isNull}, '', CONCAT(LENGTH(${value}), ':', ${bytes}))`];
};

const joined = (pairs: readonly Pair[], plan: Plan): string =>
  `CONCAT(${pairs.map((pair) => fieldOf(pair, plan).join(', ')).join(", ',', ")}, ',')`;

const keyHash = (plan: Plan): string => mysqlHash(joined(plan.key, plan));

const whereOf = ({ where }: Plan, more: readonly string[] = []): string => {
  const conditions = [...(where === undefined ? [] : [`(${where}\n)`]), ...more];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
};

/** A partly zero date is no zero date: it stays what it is. */
const zeroDates = (plan: Plan): string => {
  const counts = allColumns(plan).flatMap((pair) => {
    const isZero = plan.zeroDatesAreNull ? mysqlIsZeroDate(pair) : null;
    return isZero === null ? [] : [`COALESCE(SUM(${isZero}), 0)`];
  });
  return counts.length === 0 ? '0' : counts.join(' + ');
};

/** What a row counts whose hash is NULL: more than the hashes of all rows that a table can have. */
export const failedHash = 10n ** 40n;

/** Fifteen hex digits of a hash as a number. */
export const mysqlNumber = (hash: string): string => `CAST(CONV(LEFT(${hash}, 15), 16, 10) AS UNSIGNED)`;

/**
 * bucket, rows, sum of the hashes, zero dates. Grouped by position: a column may be named as an alias of ours.
 * @param chars of the key's hash that make a bucket
 */
export const mysqlDigests = (plan: Plan, chars: number): string => {
  const bucket = chars === 0 ? "''" : `COALESCE(LEFT(${keyHash(plan)}, ${chars}), '')`;
  const row = mysqlNumber(mysqlHash(joined(allColumns(plan), plan)));
  return `SELECT ${bucket} AS bucket, COUNT(*) AS n, SUM(COALESCE(${row}, ${failedHash})) AS hashes, ${zeroDates(plan)} AS zero_dates
    FROM ${plan.table}${whereOf(plan)}${chars === 0 ? '' : ' GROUP BY 1'}`;
};

/** `1` where the value is NULL, `0` where it is none, a digit for each column. */
const nulls = (plan: Plan): string => {
  const digits = allColumns(plan).map((pair) => {
    const isNull = mysqlIsNull(pair, plan.zeroDatesAreNull);
    return isNull === null ? "'0'" : `IF(${isNull}, '1', '0')`;
  });
  return `CONCAT(${digits.join(', ')})`;
};

/** The key's hash, the NULLs and all values, in the order of the hash; of some buckets, or of all. */
export const mysqlRows = (plan: Plan, buckets: readonly string[] | null): string => {
  const values = allColumns(plan).map(mysqlCanonical);
  const chars = buckets?.[0]?.length ?? 0;
  const only =
    buckets === null || chars === 0
      ? []
      : [`LEFT(${keyHash(plan)}, ${chars}) IN (${buckets.map(literal).join(', ')})`];
  return `SELECT ${[keyHash(plan), nulls(plan), ...values].join(', ')} FROM ${plan.table}${whereOf(plan, only)} ORDER BY 1`;
};

/** Keys that several rows have in the form that is compared. */
export const mysqlCollisions = (plan: Plan): string =>
  `SELECT COUNT(*) AS n FROM (SELECT ${keyHash(plan)} AS h FROM ${plan.table}${whereOf(plan)} GROUP BY 1 HAVING COUNT(*) > 1) AS twice`;

export const mysqlZeroDates = (plan: Plan): string =>
  `SELECT ${zeroDates(plan)} AS zero_dates FROM ${plan.table}${whereOf(plan)}`;
