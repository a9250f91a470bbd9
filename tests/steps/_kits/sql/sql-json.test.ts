/** JSON columns pass the same parser as all JSON of others. */
import type { FieldPacket } from 'mysql2';
import { expect, test } from 'vitest';
import { jsonOf } from '../../../../steps/_targets/mysql/value.ts';
import { typeParsers } from '../../../../steps/_targets/postgres/value.ts';

const mysql = (text: string) => jsonOf(text, { columnType: 245 } as FieldPacket);
const postgres = [114, 3802].map((oid) => typeParsers.getTypeParser(oid));

test.each([mysql, ...postgres])('of a database keeps its digits, and is bounded', (parse) => {
  expect(parse('{"order":9007199254740993,"n":1}')).toEqual({ order: '9007199254740993', n: 1 });
  expect(() => parse('['.repeat(200) + ']'.repeat(200))).toThrow('it is nested deeper than 100 levels');
  expect(() => parse('{"__proto__":1}')).toThrow('it has a key "__proto__"');
});
