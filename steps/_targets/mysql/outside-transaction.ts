/** Ends or begins a transaction by itself: ours would be gone, and with it what a failed expectation rolls back. */
const control =
  /^(start\s+transaction|begin|commit|rollback|savepoint|release\s+savepoint|xa|lock\s+tables?|unlock\s+tables?|set\s+(session\s+|local\s+|@@session\.|@@)?autocommit)\b/i;

/** What it is; null: it may run in a transaction. */
export const outsideTransaction = async (sql: string): Promise<string | null> => {
  const bare = sql.replace(/^(\s+|--\s[^\n]*\n|#[^\n]*\n|\/\*(?!M?!)[\s\S]*?\*\/)+/, '');
  const found = control.exec(bare)?.[1];
  return found === undefined ? null : found.replaceAll(/\s+/g, ' ').toUpperCase();
};
