import { SqlError, type SqlSession } from '../../_kits/sql/client.ts';

/**
 * Work that was prepared and waits, in words; empty: there is none. Whoever may commit it writes what no account's
 * session holds any more, and what no dump has.
 */
export const preparedXa = async (session: SqlSession): Promise<readonly string[]> => {
  try {
    const { rows } = await session.query('XA RECOVER');
    return rows.length === 0 ? [] : [`prepared XA transactions: ${rows.length} (XA RECOVER lists them)`];
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return ['prepared XA transactions, which may not be listed (XA_RECOVER_ADMIN)'];
  }
};
