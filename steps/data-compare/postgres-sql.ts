/** Statements for Postgres. What they give must be, to the byte, what mysql-sql.ts gives. Pure. */
import {
  allColumns,
  type ColumnPair,
  hasAnyText,
  literal,
  sharedScale,
  type TablePlan,
} from './table-plan.ts';

export const quotePostgres = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `schema.table` or `table`, found by the search path. */
export const quoteQualified = (name: string): string => name.split('.').map(quotePostgres).join('.');

const numberOf = (pair: ColumnPair, column: string): string => {
  const { family, scale: own } = pair.postgres;
  if (pair.kind === 'double') return `${column}::float8`;
  if (pair.kind !== 'decimal') return family === 'boolean' ? `${column}::int` : column;
  const scale = sharedScale(pair);
  if (scale === null) return `trim_scale(${column}::numeric)`;
  return scale === own && family === 'decimal' ? column : `round(${column}::numeric, ${scale})`;
};

/** The canonical value, whose text is what the server shows of it, or NULL. */
const canonicalOf = (pair: ColumnPair, plan: TablePlan): string => {
  const column = `t.${quotePostgres(pair.postgres.name)}`;
  if (pair.entity !== null) {
    const old = `COALESCE(${aliasOf(pair, plan)}.${quotePostgres(plan.idMap?.old ?? '')}::text, 'unmapped:' || ${column}::text)`;
    return pair.postgres.nullable ? `CASE WHEN ${column} IS NOT NULL THEN ${old} END` : old;
  }
  switch (pair.kind) {
    case 'integer':
    case 'decimal':
    case 'double':
    case 'boolean':
      return numberOf(pair, column);
    case 'datetime':
      if (pair.postgres.family === 'date') return `${column}::timestamp`;
      return pair.postgres.hasZone ? `(${column} AT TIME ZONE 'UTC')` : column;
    case 'date':
    case 'time':
      return column;
    case 'uuid':
      return `lower(replace(${column}::text, '-', ''))`;
    case 'bytes':
      return `octet_length(${column}) || ' bytes, MD5 ' || md5(${column})`;
    case 'caseless':
      return `lower(${column}::text)`;
    case 'text':
    case 'json':
      return pair.postgres.type === 'text' ? column : `${column}::text`;
  }
};

/** Arguments of concat(), which takes NULL for the empty text, which no value is: a text has its length in front. */
const fieldOf = (pair: ColumnPair, plan: TablePlan): string => {
  const value = canonicalOf(pair, plan);
  if (!hasAnyText(pair)) return value;
  const length = `octet_length(${value})`;
  return pair.postgres.nullable ? `${length} || ':' || ${value}` : `${length}, ':', ${value}`;
};

/** Fields of one concat(): a function takes a hundred arguments at most, and a text with its comma is four. */
const most = 24;

const joined = (pairs: readonly ColumnPair[], plan: TablePlan): string => {
  const parts: string[] = [];
  for (let i = 0; i < pairs.length; i += most) {
    const fields = pairs.slice(i, i + most).map((pair) => fieldOf(pair, plan));
    parts.push(`concat(${fields.join(", ',', ")}, ',')`);
  }
  return parts.join(' || ');
};

const keyHash = (plan: TablePlan): string => `md5(${joined(plan.key, plan)})`;

const mapped = (plan: TablePlan): readonly ColumnPair[] =>
  allColumns(plan).filter(({ entity }) => entity !== null);

const aliasOf = (pair: ColumnPair, plan: TablePlan): string => `m${mapped(plan).indexOf(pair)}`;

/** The condition is of the table alone: names of the id map must not be at odds with its own. */
const fromOf = (plan: TablePlan): string => {
  const { idMap, postgresTable, where } = plan;
  const rows =
    where.postgres === undefined
      ? `${postgresTable} t`
      : `(SELECT * FROM ${postgresTable} WHERE (${where.postgres}\n)) t`;
  const joins = mapped(plan).map((pair) => {
    const m = aliasOf(pair, plan);
    const on = `${m}.${quotePostgres(idMap?.entity ?? '')} = ${literal(pair.entity ?? '')}`;
    const id = `${m}.${quotePostgres(idMap?.new ?? '')} = t.${quotePostgres(pair.postgres.name)}`;
    return ` LEFT JOIN ${idMap?.table} ${m} ON ${on} AND ${id}`;
  });
  return `${rows}${joins.join('')}`;
};

/** bucket, rows, sum of the hashes. @param chars of the key's hash that make a bucket */
export const postgresDigests = (plan: TablePlan, chars: number): string => {
  const bucket = chars === 0 ? "''" : `left(${keyHash(plan)}, ${chars})`;
  const row = `md5(${joined(allColumns(plan), plan)})`;
  return `SELECT ${bucket} AS bucket, count(*) AS n, sum(('x0' || left(${row}, 15))::bit(64)::bigint)::text AS hashes
    FROM ${fromOf(plan)}${chars === 0 ? '' : ' GROUP BY 1'}`;
};

/** The key's hash and all values, in the order of the hash; of some buckets, or of all. */
export const postgresRows = (plan: TablePlan, buckets: readonly string[] | null): string => {
  const values = allColumns(plan).map((pair) => canonicalOf(pair, plan));
  const chars = buckets?.[0]?.length ?? 0;
  const only =
    buckets === null || chars === 0
      ? ''
      : ` WHERE left(${keyHash(plan)}, ${chars}) IN (${buckets.map(literal).join(', ')})`;
  return `SELECT ${[`${keyHash(plan)} COLLATE "C"`, ...values].join(', ')} FROM ${fromOf(plan)}${only} ORDER BY 1`;
};
