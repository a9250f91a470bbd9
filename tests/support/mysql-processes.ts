/** Sessions of a MySQL server; not from information_schema, which MySQL 9 refuses while a statement has an emoji. */
import type { OwnDatabase } from './own-database.ts';

export interface MysqlProcess {
  readonly id: string;
  readonly db: string | null;
  readonly state: string;
  /** The whole statement; empty while it idles. */
  readonly statement: string;
}

export const mysqlProcesses = async (ask: OwnDatabase['ask']): Promise<readonly MysqlProcess[]> =>
  (await ask('SHOW FULL PROCESSLIST')).map(({ Id, db, State, Info }) => ({
    id: String(Id),
    db: db === null ? null : String(db),
    state: String(State ?? ''),
    statement: String(Info ?? ''),
  }));
