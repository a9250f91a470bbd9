/** Checksums of both sides, by bucket: a bucket holds the rows whose key hashes to the same beginning. */
import type { SqlSession } from '../_kits/sql/client.ts';
import { type ComparedTable, type Side, seenFrom } from './compared-table.ts';
import { failedHash } from './mysql-sql.ts';
import { notComparable } from './not-comparable.ts';
import type { Sessions } from './sessions.ts';

export interface Digests {
  /** Rows and the sum of their hashes, as one text. */
  readonly buckets: ReadonlyMap<string, string>;
  readonly rows: number;
  readonly zeroDates: number;
}

/** A million buckets are memory enough. */
const most = 5;

/**
 * Characters of the key's hash that make a bucket of about `range` rows or less. By hash and not by order:
 * no two servers order texts alike, and both can cut a hash without asking the other.
 */
export const bucketChars = (rows: number, range: number): number =>
  Math.min(most, Math.max(0, Math.ceil(Math.log(rows / range) / Math.log(16))));

/** As many hashes as rows: one that is NULL is a fault, since it would be the same whatever the row holds. */
const assertHashed = async (
  { server, label, session }: Sessions[Side],
  table: string,
  failed: bigint,
): Promise<void> => {
  if (failed === 0n) return;
  const rows = `${failed} ${failed === 1n ? 'row' : 'rows'} of ${table}`;
  // None of its expressions is ever NULL: this is a fault of ours or of the server.
  if (server.title === 'Postgres') throw new Error(`${label} has no checksum of ${rows}`);
  const { rows: found } = await session.query('SELECT @@max_allowed_packet AS packet');
  throw notComparable(
    `${label} has no checksum of ${rows}: a value failed, or a row is longer than max_allowed_packet (${found[0]?.packet} bytes)`,
    'Raise max_allowed_packet on that server, or list the long columns in `ignore` and prove them another way',
  );
};

const digestsOf = async (session: SqlSession, sql: string): Promise<Digests & { failed: bigint }> => {
  const { rows } = await session.query(sql);
  const buckets = new Map<string, string>();
  let [count, zeroDates, failed] = [0, 0, 0n];
  for (const row of rows) {
    const n = Number(row.n);
    if (n > 0) buckets.set(String(row.bucket), `${n} ${String(row.hashes)}`);
    failed += n === 0 ? 0n : row.hashes === null ? BigInt(n) : BigInt(String(row.hashes)) / failedHash;
    count += n;
    zeroDates += Number(row.zero_dates ?? 0);
  }
  return { buckets, rows: count, zeroDates, failed };
};

export const bothDigests = async (
  sessions: Sessions,
  plan: ComparedTable,
  chars: number,
  marked: (sql: string) => string,
): Promise<Readonly<Record<Side, Digests>>> => {
  const of = async (side: Side) => {
    const { server, session } = sessions[side];
    return digestsOf(session, marked(server.digests(seenFrom(plan, side), chars)));
  };
  const [here, there] = await Promise.all([of('here'), of('there')]);
  await assertHashed(sessions.here, plan.name, here.failed);
  await assertHashed(sessions.there, plan.name, there.failed);
  return { here, there };
};

/** Buckets that the two sides do not agree on. */
export const differingBuckets = (a: Digests, b: Digests): readonly string[] =>
  [...new Set([...a.buckets.keys(), ...b.buckets.keys()])].filter(
    (bucket) => a.buckets.get(bucket) !== b.buckets.get(bucket),
  );
