/**
 * MySQL sorts JSON and geometry values along with their rows, and needs room for some fifteen of the largest: else it
 * fails ("Out of sort memory"), whatever the rest of the table is like. MariaDB sorts where its rows are instead.
 */
import type { SqlSession } from '../_kits/sql/client.ts';
import { allColumns, type MysqlColumn, type OwnPlan } from './compared-table.ts';
import { quoteMysql } from './mysql-canonical.ts';

const rowsAtOnce = 20;
const most = 4_294_967_295;

/** Only ever more than the server gives by itself; it takes of it what it needs. Throws SqlError and SessionLost. */
export const makeSortRoom = async (mysql: SqlSession, plan: OwnPlan<MysqlColumn>): Promise<void> => {
  const sizes = allColumns(plan).flatMap(({ own: { base, family, name } }) => {
    const column = quoteMysql(name);
    if (base === 'json') return [`COALESCE(JSON_STORAGE_SIZE(${column}), 0)`];
    return family === 'geometry' ? [`COALESCE(LENGTH(${column}), 0)`] : [];
  });
  if (sizes.length === 0) return;
  const { rows } = await mysql.query(
    `SELECT @@sort_buffer_size AS room, COALESCE(MAX(${sizes.join(' + ')}), 0) AS largest FROM ${plan.table}`,
  );
  const needed = Math.min(most, rowsAtOnce * (Number(rows[0]?.largest) + 65_536));
  if (needed > Number(rows[0]?.room)) await mysql.query(`SET SESSION sort_buffer_size = ${needed}`);
};
