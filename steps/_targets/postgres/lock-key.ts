/** For advisory locks, which a database has 2^64 of; as pg_locks shows it: its upper and its lower half. */
const bits = (sha256: string): bigint => {
  if (!/^[0-9a-f]{16,}$/.test(sha256)) throw new Error('a lock is named by at least 16 hex digits');
  return BigInt(`0x${sha256.slice(0, 16)}`);
};

/** Stands in SQL; a quoted literal, since the lowest bigint has no other. */
export const lockKey = (sha256: string): string => `'${BigInt.asIntN(64, bits(sha256))}'::bigint`;

export const lockHalves = (sha256: string): readonly [string, string] => [
  String(bits(sha256) >> 32n),
  String(bits(sha256) & 0xffffffffn),
];
