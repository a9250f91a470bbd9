/** Both servers are asked for the checksum of a known text, by the expressions that rows get theirs by. */
import { createHash } from 'node:crypto';
import { SqlError } from '../_kits/sql/client.ts';
import { notComparable } from './not-comparable.ts';
import type { Sessions } from './sessions.ts';

const expectedOf = (text: string): string => {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${hash} ${BigInt(`0x${hash.slice(0, 15)}`)}`;
};

const assertDigest = async ({ server, label, session }: Sessions['here']): Promise<void> => {
  const { text, hash, number } = server.sample(await server.isUtf8(session));
  const found = await session
    .query(`SELECT ${hash} AS hash, ${number} AS number`)
    .then(({ rows }) => `${rows[0]?.hash} ${rows[0]?.number}`)
    .catch((error: unknown) => {
      if (!(error instanceof SqlError)) throw error;
      return error.message;
    });
  if (found === expectedOf(text)) return;
  throw notComparable(
    `${label} does not give the SHA-256 of a known text: ${found}`,
    'MySQL 5.7, MariaDB 10.2 and Postgres 13 are the oldest that are compared',
  );
};

/** Throws StepFailed, and SessionLost. */
export const rehearseDigest = async ({ here, there }: Sessions): Promise<void> => {
  await assertDigest(here);
  await assertDigest(there);
};
