import { expect, test } from 'vitest';
import { lockName } from '../../../../steps/_targets/mysql/lock-name.ts';
import { lockHalves, lockKey } from '../../../../steps/_targets/postgres/lock-key.ts';

const hex = (first: string): string => first.padEnd(64, '0');

test('MySQL takes 64 characters', () => {
  expect(lockName('a'.repeat(64))).toBe(`runbook:${'a'.repeat(40)}`);
  expect(() => lockName("'; DROP")).toThrow();
});

test.each([
  ['0000000000000001', "'1'::bigint", ['0', '1']],
  ['ffffffffffffffff', "'-1'::bigint", ['4294967295', '4294967295']],
  ['8000000000000000', "'-9223372036854775808'::bigint", ['2147483648', '0']],
  ['7fffffff00000002', "'9223372032559808514'::bigint", ['2147483647', '2']],
])('Postgres takes 64 bits, signed, and shows them in halves: %s', (bits, key, halves) => {
  expect(lockKey(hex(bits))).toBe(key);
  expect(lockHalves(hex(bits))).toEqual(halves);
});
