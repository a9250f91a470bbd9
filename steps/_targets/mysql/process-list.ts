/**
 * The sessions of a server, by SHOW. Not by information_schema.PROCESSLIST: MySQL 9 refuses every read of it
 * (ER_CANNOT_CONVERT_STRING) while the statement of any session has a character or bytes that utf8mb3 lacks.
 */
import type { SqlSession } from '../../_kits/sql/client.ts';

export interface Process {
  readonly id: string;
  readonly user: string;
  /** `10.0.0.7:51234`, `localhost`. */
  readonly host: string;
  readonly database: string | null;
  /** `Query`, `Sleep`. */
  readonly command: string;
  /** What it executes; of a list without whole statements, the first 100 characters. */
  readonly statement: string | null;
}

interface Wanted {
  readonly wholeStatements: boolean;
}

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

/** Every session but the asking one. Without the PROCESS right only those of the same account. */
export const otherProcesses = async (
  session: SqlSession,
  { wholeStatements }: Wanted = { wholeStatements: false },
): Promise<readonly Process[]> => {
  const own = await session.query('SELECT CONNECTION_ID() AS id', [], 1);
  const { rows } = await session.query(wholeStatements ? 'SHOW FULL PROCESSLIST' : 'SHOW PROCESSLIST');
  const ownId = String(own.rows[0]?.id);
  return rows
    .map((row) => ({
      id: String(row.Id),
      user: String(row.User),
      host: String(row.Host),
      database: textOf(row.db),
      command: String(row.Command),
      statement: textOf(row.Info),
    }))
    .filter(({ id }) => id !== ownId);
};
