import type { Apart } from '../../_kits/sql/client.ts';

/** Ends or begins a transaction by itself: ours would be gone, and with it what a failed expectation rolls back. */
const control =
  /^(start\s+transaction|begin|commit|rollback|savepoint|release\s+savepoint|xa|lock\s+tables?|unlock\s+tables?|set\s+(session\s+|local\s+|@@session\.|@@)?autocommit)\b/i;

/** Refused in a session that has a transaction: ER_LOCK_OR_ACTIVE_TRANSACTION. */
const alone = /^set\s+(?:global\s+|persist\s+|@@global\.|@@persist\.)(?:super_)?read_only\b/i;

/** What it is; null: it may run in a transaction. */
export const outsideTransaction = async (sql: string): Promise<Apart | null> => {
  const bare = sql.replace(/^(\s+|--\s[^\n]*\n|#[^\n]*\n|\/\*(?!M?!)[\s\S]*?\*\/)+/, '');
  const found = control.exec(bare)?.[1];
  const named = (words: string) => words.replaceAll(/\s+/g, ' ').toUpperCase();
  if (found !== undefined) return { what: named(found), alone: false };
  const own = alone.exec(bare)?.[0];
  return own === undefined ? null : { what: named(own), alone: true };
};
