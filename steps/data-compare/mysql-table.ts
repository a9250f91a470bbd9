import type { SqlSession } from '../_kits/sql/client.ts';
import type { MysqlColumn, Table } from './compared-table.ts';
import { groupedBy } from './grouped-by.ts';
import { mysqlFamily } from './kinds.ts';

const columnsSql = `SELECT COLUMN_NAME AS name, DATA_TYPE AS base, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
    NUMERIC_SCALE AS scale, NUMERIC_PRECISION AS digits, DATETIME_PRECISION AS fraction, CHARACTER_SET_NAME AS charset,
    GENERATION_EXPRESSION AS formula
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;

const uniquesSql = `SELECT INDEX_NAME AS name, COLUMN_NAME AS col FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0`;

const sizeSql = `SELECT TABLE_ROWS AS n FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;

/** null: it is none. A member with a backslash is written differently by each setting, an empty one like no member. */
const membersOf = (type: string): readonly string[] | null => {
  const [, list] = /^set\((.*)\)/is.exec(type) ?? [];
  if (list === undefined || list.includes('\\') || !/^'(?:[^']|'')*'(?:,'(?:[^']|'')*')*$/s.test(list))
    return null;
  const members = [...list.matchAll(/'((?:[^']|'')*)'/gs)].map(([, member = '']) =>
    member.replaceAll("''", "'"),
  );
  return members.includes('') ? null : members;
};

/** A system-versioned table has the end of a row's time in its keys; of the rows that are now it is always the same. */
const isRowEnd = (formula: unknown): boolean => /^\s*ROW END\s*$/i.test(String(formula ?? ''));

/** null: it is not there, or nothing of it may be read. */
export const mysqlTable = async (session: SqlSession, name: string): Promise<Table<MysqlColumn> | null> => {
  const columns = await session.query(columnsSql, [name]);
  if (columns.rowCount === 0) return null;
  const uniques = await session.query(uniquesSql, [name]);
  const size = await session.query(sizeSql, [name], 1);
  const ends = new Set(columns.rows.filter(({ formula }) => isRowEnd(formula)).map(({ name: n }) => n));
  return {
    columns: columns.rows.map((row): MysqlColumn => {
      const [base, type] = [String(row.base).toLowerCase(), String(row.type)];
      const family = mysqlFamily(base);
      const isDouble = family === 'double';
      return {
        of: 'mysql',
        name: String(row.name),
        base,
        family,
        type,
        nullable: row.nullable === 'YES',
        scale: family === 'decimal' ? Number(row.scale) : family === 'integer' || family === 'bit' ? 0 : null,
        digits: row.digits === null ? null : Number(row.digits),
        isDressed:
          base === 'float' ||
          base === 'year' ||
          type.includes('zerofill') ||
          (isDouble && type.includes('(')),
        fraction: Number(row.fraction ?? 0),
        charset: row.charset === null ? null : String(row.charset),
        members: membersOf(type),
      };
    }),
    uniques: groupedBy(uniques.rows.filter(({ col }) => !ends.has(col ?? null))),
    estimatedRows: Number(size.rows[0]?.n ?? 0),
  };
};
