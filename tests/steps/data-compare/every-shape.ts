/** One table with a column of every type that both servers have. */
import type { LabInfo } from '../../support/lab.ts';
import { useBothSides } from './both-sides.ts';
import { type GeneratedRow, shapes } from './generated-rows.ts';

type Side = 'mysql' | 'postgres';

/** Rows at once; Postgres takes 65,535 parameters. */
const batch = 100;

export const useShapes = async (lab: LabInfo) => {
  const both = await useBothSides(lab);
  const { old, fresh } = both;
  await old.ask("SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'");
  const columns = (side: Side, quote: string) =>
    shapes.map((shape) => `${quote}${shape.name}${quote} ${shape[side]}`).join(', ');
  await old.ask(
    `CREATE TABLE everything (\`key\` VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, number INT, ${columns('mysql', '`')}, PRIMARY KEY (\`key\`, number))`,
  );
  await fresh.ask("SET TIME ZONE 'UTC'; CREATE TYPE direction AS ENUM ('LONG', 'SHORT', 'UNKNOWN')");
  await fresh.ask(
    `CREATE TABLE everything (key text, number int, ${columns('postgres', '"')}, PRIMARY KEY (key, number))`,
  );
  const marks = ['?', '?', ...shapes.map(({ takes }) => takes ?? '?')];
  const given = (rows: readonly GeneratedRow[], side: Side) =>
    rows.flatMap(({ key, number, values }) => [key, number, ...values.map((value) => value[side])]);
  const insertOld = (rows: readonly GeneratedRow[]) =>
    old.ask(
      `INSERT INTO everything VALUES ${rows.map(() => `(${marks.join(', ')})`).join(', ')}`,
      given(rows, 'mysql'),
    );
  const insertFresh = (rows: readonly GeneratedRow[]) => {
    const tuple = (row: number) => `(${marks.map((_, i) => `$${row * marks.length + i + 1}`).join(', ')})`;
    return fresh.ask(
      `INSERT INTO everything VALUES ${rows.map((_, row) => tuple(row)).join(', ')}`,
      given(rows, 'postgres'),
    );
  };
  const inBatches = async (
    rows: readonly GeneratedRow[],
    insert: (rows: readonly GeneratedRow[]) => Promise<unknown>,
  ) => {
    for (let i = 0; i < rows.length; i += batch) await insert(rows.slice(i, i + batch));
  };
  const fill = async (rows: readonly GeneratedRow[], others = rows) => {
    await old.ask('DELETE FROM everything');
    await fresh.ask('DELETE FROM everything');
    await inBatches(rows, insertOld);
    await inBatches(others, insertFresh);
  };
  /** `others`: what Postgres has; default: the same rows. */
  return { ...both, fill };
};
