/** Both servers are asked for the checksum of a known text, by the expressions that rows get theirs by. */
import { createHash } from 'node:crypto';
import { SqlError, type SqlSession } from '../_kits/sql/client.ts';
import { literal } from './compared-table.ts';
import type { Sessions } from './match-table.ts';
import { mysqlHash } from './mysql-canonical.ts';
import { mysqlNumber } from './mysql-sql.ts';
import { notComparable } from './not-comparable.ts';
import { postgresHash, utf8Of } from './postgres-canonical.ts';
import { postgresNumber } from './postgres-sql.ts';

/** Another database could not hold all of the first one's letters. */
const samples = { utf8: 'é 📈', ascii: 'runbook' };

const expectedOf = (text: string): string => {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${hash} ${BigInt(`0x${hash.slice(0, 15)}`)}`;
};

const assertDigest = async (
  session: SqlSession,
  server: string,
  text: string,
  { hash, number }: { readonly hash: string; readonly number: string },
): Promise<void> => {
  const found = await session
    .query(`SELECT ${hash} AS hash, ${number} AS number`)
    .then(({ rows }) => `${rows[0]?.hash} ${rows[0]?.number}`)
    .catch((error: unknown) => {
      if (!(error instanceof SqlError)) throw error;
      return error.message;
    });
  if (found === expectedOf(text)) return;
  throw notComparable(
    `${server} does not give the SHA-256 of a known text: ${found}`,
    'MySQL 5.7, MariaDB 10.2 and Postgres 13 are the oldest that are compared',
  );
};

/** Throws StepFailed, and SessionLost. */
export const rehearseDigest = async ({ mysql, postgres }: Sessions): Promise<void> => {
  const here = mysqlHash(literal(samples.utf8));
  await assertDigest(mysql, 'MySQL', samples.utf8, { hash: here, number: mysqlNumber(here) });
  const { rows } = await postgres.query("SELECT current_setting('server_encoding') AS encoding");
  const text = rows[0]?.encoding === 'UTF8' ? samples.utf8 : samples.ascii;
  const there = postgresHash(utf8Of(`${literal(text)}::text`));
  await assertDigest(postgres, 'Postgres', text, { hash: there, number: `(${postgresNumber(there)})::text` });
};
