import { expect, test } from 'vitest';
import { changesIn } from '../../../../steps/_targets/mysql/changes.ts';

const of = async (sql: string) =>
  (await changesIn(sql))?.map(
    ({ kind, what, repeatable }) => `${what}: ${kind}${repeatable ? ', repeatable' : ''}`,
  ) ?? null;

test.each<[string, readonly string[] | null]>([
  ['DROP TABLE a', ['DROP TABLE: destroys']],
  ['DROP TABLE IF EXISTS a', ['DROP TABLE: destroys, repeatable']],
  ['DROP DATABASE IF EXISTS a', ['DROP DATABASE: destroys, repeatable']],
  ['DROP VIEW a', ['DROP VIEW: other']],
  ['TRUNCATE TABLE a', ['TRUNCATE: destroys, repeatable']],
  ['ALTER TABLE a DROP COLUMN b', ['DROP COLUMN: destroys']],
  ['ALTER TABLE a ADD COLUMN b int', ['AlterTable: other']],
  ['DELETE FROM a', ['DELETE without WHERE: destroys, repeatable']],
  ["DELETE FROM a WHERE b = 'DROP TABLE a'", ['DELETE: rows, repeatable']],
  ['UPDATE a SET b = 1 WHERE c = 2', ['UPDATE: rows, repeatable']],
  ['UPDATE a SET b = b + 1', ['UPDATE: rows']],
  ['INSERT INTO a VALUES (1)', ['INSERT: rows']],
  ['INSERT IGNORE INTO a VALUES (1)', ['INSERT: rows, repeatable']],
  ['INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE b = 1', ['INSERT: rows, repeatable']],
  ['REPLACE INTO a VALUES (1)', ['REPLACE: rows, repeatable']],
  ['CREATE TABLE a (b int)', ['CreateTable: other']],
  ['CREATE TABLE IF NOT EXISTS a (b int)', ['CreateTable: other, repeatable']],
  ['SET GLOBAL read_only = 1', ['Set: other, repeatable']],
  ['DROPP TABLE a', null],
])('%s', async (sql, expected) => {
  expect(await of(sql)).toEqual(expected);
});
