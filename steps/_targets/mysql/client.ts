import type { SqlClient } from '../../_kits/sql/client.ts';
import type { SqlConfig } from '../../_kits/sql/config.ts';

/** How a tool beside the engine (mysqldump) reaches the same server. */
export interface MysqlAccess {
  /** The place the address is seen from. */
  readonly place: string;
  readonly config: SqlConfig;
  /** On this machine; null: the system's CAs. */
  readonly caFile: string | null;
  /** The secret's value: for a pipe, never for argv or a file. */
  password(): string;
}

/** How the server answered a login. */
export type LoginAnswer =
  | { readonly accepted: true }
  /** `locked`: because of ACCOUNT LOCK and nothing else; both servers look at the password first. */
  | { readonly accepted: false; readonly locked: boolean; readonly said: string };

export interface MysqlClient extends SqlClient {
  readonly access: MysqlAccess;
  /** `8.4.3`, `10.11.6-MariaDB`. */
  version(): Promise<string>;
  /** Names of the database's tables, views left out. */
  baseTables(): Promise<readonly string[]>;
  /** What the server estimates the rows of the database to take, in bytes. */
  dataBytes(): Promise<number>;
  /** Ids of the sessions of this target's user, other than the asking one, whose default database this is. */
  ownSessionsIn(database: string): Promise<readonly string[]>;
  /** Logs in as somebody else, from where this target does, and leaves at once. Throws TargetError when nobody answers. */
  tryLogin(user: string, password: string): Promise<LoginAnswer>;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    mysql: MysqlClient;
  }
}
