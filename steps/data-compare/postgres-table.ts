import type { SqlSession } from '../_kits/sql/client.ts';
import type { PostgresColumn, Table } from './compared-table.ts';
import { groupedBy } from './grouped-by.ts';
import { postgresFamily } from './kinds.ts';
import { quoteQualified } from './postgres-canonical.ts';

// Of a domain what it is made of. A numeric's modifier has its scale in the lowest eleven bits, with a sign.
const columnsSql = `SELECT a.attname AS name, b.typname AS base,
    CASE WHEN b.typcategory = 'A' AND b.typelem <> 0 THEN 'array' ELSE b.typtype::text END AS how,
    format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
    CASE WHEN b.typname = 'numeric' AND m.mod >= 4 THEN (((m.mod - 4) & 2047) # 1024) - 1024 END AS scale
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS mod) m
  WHERE a.attrelid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

const uniquesSql = `SELECT i.indexrelid::text AS name, a.attname AS col
  FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (num, n)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
  WHERE i.indrelid = to_regclass($1::text) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
    AND i.indexprs IS NULL AND k.n <= i.indnkeyatts`;

const sizeSql = 'SELECT greatest(reltuples, 0)::int8 AS n FROM pg_class WHERE oid = to_regclass($1::text)';

/** @param name `table` or `schema.table`; null: it is not there */
export const postgresTable = async (
  session: SqlSession,
  name: string,
): Promise<Table<PostgresColumn> | null> => {
  const quoted = quoteQualified(name);
  const columns = await session.query(columnsSql, [quoted]);
  if (columns.rowCount === 0) return null;
  const uniques = await session.query(uniquesSql, [quoted]);
  const size = await session.query(sizeSql, [quoted], 1);
  return {
    columns: columns.rows.map((row): PostgresColumn => {
      const base = String(row.base);
      const family = postgresFamily(base, String(row.how));
      return {
        of: 'postgres',
        name: String(row.name),
        family,
        type: String(row.type),
        nullable: row.nullable === true,
        scale: family === 'integer' ? 0 : row.scale === null ? null : Number(row.scale),
        digits: null,
        hasZone: base === 'timestamptz',
      };
    }),
    uniques: groupedBy(uniques.rows),
    estimatedRows: Number(size.rows[0]?.n ?? 0),
  };
};
