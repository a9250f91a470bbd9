import type { SqlSession } from '../_targets/sql/client.ts';
import { groupedBy } from './grouped-by.ts';
import { mysqlFamily } from './kinds.ts';
import type { MysqlColumn, Table } from './table-plan.ts';

const columnsSql = `SELECT COLUMN_NAME AS name, DATA_TYPE AS base, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
    NUMERIC_SCALE AS scale, DATETIME_PRECISION AS fraction, CHARACTER_SET_NAME AS charset
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;

const uniquesSql = `SELECT INDEX_NAME AS name, COLUMN_NAME AS col FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0`;

const sizeSql = `SELECT TABLE_ROWS AS n FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;

const all = Number.MAX_SAFE_INTEGER;

/** null: it is not there, or nothing of it may be read. */
export const mysqlTable = async (session: SqlSession, name: string): Promise<Table<MysqlColumn> | null> => {
  const columns = await session.query(columnsSql, [name], all);
  if (columns.rowCount === 0) return null;
  const uniques = await session.query(uniquesSql, [name], all);
  const size = await session.query(sizeSql, [name], 1);
  return {
    columns: columns.rows.map((row): MysqlColumn => {
      const [base, type] = [String(row.base), String(row.type)];
      const family = mysqlFamily(base);
      return {
        name: String(row.name),
        family,
        type,
        nullable: row.nullable === 'YES',
        scale: family === 'decimal' ? Number(row.scale) : family === 'integer' || family === 'bit' ? 0 : null,
        isSingle: base === 'float',
        isPadded: base === 'year' || type.includes('zerofill'),
        fraction: Number(row.fraction ?? 0),
        charset: row.charset === null ? null : String(row.charset),
      };
    }),
    uniques: groupedBy(uniques.rows),
    estimatedRows: Number(size.rows[0]?.n ?? 0),
  };
};
