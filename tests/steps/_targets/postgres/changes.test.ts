import { expect, test } from 'vitest';
import { changesIn } from '../../../../steps/_targets/postgres/changes.ts';

const of = async (sql: string) =>
  (await changesIn(sql))?.map(
    ({ kind, what, repeatable }) => `${what}: ${kind}${repeatable ? ', repeatable' : ''}`,
  ) ?? null;

test.each<[string, readonly string[] | null]>([
  ['DROP TABLE a', ['DROP TABLE: destroys']],
  ['DROP TABLE IF EXISTS a CASCADE', ['DROP TABLE: destroys, repeatable']],
  ['DROP SCHEMA IF EXISTS a CASCADE', ['DROP SCHEMA: destroys, repeatable']],
  ['DROP DATABASE a', ['DROP DATABASE: destroys']],
  ['DROP VIEW IF EXISTS a', ['DROP: other, repeatable']],
  ['TRUNCATE a', ['TRUNCATE: destroys, repeatable']],
  ['ALTER TABLE a DROP COLUMN b', ['DROP COLUMN: destroys']],
  ['ALTER TABLE a ADD COLUMN b int', ['ALTER TABLE: other']],
  ['DELETE FROM a', ['DELETE without WHERE: destroys, repeatable']],
  ["DELETE FROM a WHERE b = 'DROP TABLE a'", ['DELETE: rows, repeatable']],
  [
    'WITH gone AS (DELETE FROM a WHERE b = 1 RETURNING c) SELECT count(*) FROM gone',
    ['DELETE: rows, repeatable'],
  ],
  ['UPDATE a SET b = 1 WHERE c = 2', ['UPDATE: rows, repeatable']],
  ['UPDATE a SET b = b + 1', ['UPDATE: rows']],
  ['INSERT INTO a VALUES (1)', ['INSERT: rows']],
  ['INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING', ['INSERT: rows, repeatable']],
  ['CREATE TABLE a (b int)', ['Create: other']],
  ['CREATE TABLE IF NOT EXISTS a (b int)', ['Create: other, repeatable']],
  ['DO $$ BEGIN DROP TABLE IF EXISTS a; END $$', ['DROP TABLE: destroys, repeatable']],
  ["DO $$ BEGIN EXECUTE 'TRUNCATE a'; END $$", ['TRUNCATE: destroys']],
  ['DO $$ BEGIN PERFORM f(); END $$', ['DO: rows']],
  ['DROPP TABLE a', null],
])('%s', async (sql, expected) => {
  expect(await of(sql)).toEqual(expected);
});
