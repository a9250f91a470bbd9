/** Statements for Postgres. What they give must be, to the byte, what mysql-sql.ts gives. Pure. */

import {
  allColumns,
  hasAnyText,
  literal,
  type OwnPair,
  type OwnPlan,
  type PostgresColumn,
} from './compared-table.ts';
import {
  postgresCanonical,
  postgresChecksummed,
  postgresFrom,
  postgresHash,
  postgresNull,
  unmapped,
  utf8Of,
} from './postgres-canonical.ts';

type Pair = OwnPair<PostgresColumn>;
type Plan = OwnPlan<PostgresColumn>;

/** Arguments of concat(), which takes NULL for the empty text, which no value is: a text has its length in front. */
const fieldOf = (pair: Pair, plan: Plan): string => {
  const value = postgresChecksummed(pair, plan);
  if (!hasAnyText(pair)) return value;
  const length = (text: string) => `pg_catalog.octet_length(${plan.isUtf8 ? text : utf8Of(text)})`;
  if (pair.entity !== null) {
    const old = `CASE WHEN ${postgresNull(pair, plan)} = '0' THEN ${length(value)} || ':' || ${value} END`;
    return `${unmapped(pair, plan)}, ${old}`;
  }
  return pair.own.nullable ? `${length(value)} || ':' || ${value}` : `${length(value)}, ':', ${value}`;
};

/** Fields of one concat(): a function takes a hundred arguments at most, and a text with its comma is four. */
const most = 24;

const joined = (pairs: readonly Pair[], plan: Plan): string => {
  const parts: string[] = [];
  for (let i = 0; i < pairs.length; i += most) {
    const fields = pairs.slice(i, i + most).map((pair) => fieldOf(pair, plan));
    parts.push(`pg_catalog.concat(${fields.join(", ',', ")}, ',')`);
  }
  return parts.join(' || ');
};

const hashOf = (pairs: readonly Pair[], plan: Plan): string => postgresHash(utf8Of(joined(pairs, plan)));

const keyHash = (plan: Plan): string => hashOf(plan.key, plan);

/** Fifteen hex digits of a hash as a number. */
export const postgresNumber = (hash: string): string =>
  `('x0' || pg_catalog.left(${hash}, 15))::bit(64)::bigint`;

/** bucket, rows, sum of the hashes. @param chars of the key's hash that make a bucket */
export const postgresDigests = (plan: Plan, chars: number): string => {
  const bucket = chars === 0 ? "''" : `pg_catalog.left(${keyHash(plan)}, ${chars})`;
  const row = postgresNumber(hashOf(allColumns(plan), plan));
  return `SELECT ${bucket} AS bucket, pg_catalog.count(*) AS n, pg_catalog.sum(${row})::text AS hashes
    FROM ${postgresFrom(plan)}${chars === 0 ? '' : ' GROUP BY 1'}`;
};

/** The key's hash, the NULLs and all values, in the order of the hash; of some buckets, or of all. */
export const postgresRows = (plan: Plan, buckets: readonly string[] | null): string => {
  const columns = allColumns(plan);
  const values = columns.map((pair) => postgresCanonical(pair, plan));
  const nulls = columns.map((pair) => postgresNull(pair, plan)).join(' || ');
  const chars = buckets?.[0]?.length ?? 0;
  const only =
    buckets === null || chars === 0
      ? ''
      : ` WHERE pg_catalog.left(${keyHash(plan)}, ${chars}) IN (${buckets.map(literal).join(', ')})`;
  return `SELECT ${[`${keyHash(plan)} COLLATE "C"`, nulls, ...values].join(', ')} FROM ${postgresFrom(plan)}${only} ORDER BY 1`;
};

/** Keys that several rows have in the form that is compared. */
export const postgresCollisions = (plan: Plan): string =>
  `SELECT pg_catalog.count(*) AS n FROM (SELECT ${keyHash(plan)} AS h FROM ${postgresFrom(plan)} GROUP BY 1 HAVING pg_catalog.count(*) > 1) AS twice`;
