import type { ToolClient } from '../../_kits/sql/access.ts';

/** How the server answered a login. */
export type LoginAnswer =
  | { readonly accepted: true }
  /** `locked`: because of ACCOUNT LOCK and nothing else; both servers look at the password first. */
  | { readonly accepted: false; readonly locked: boolean; readonly said: string };

export interface MysqlClient extends ToolClient {
  /** `8.4.3`, `10.11.6-MariaDB`. */
  version(): Promise<string>;
  /** Names of the database's tables, views left out. */
  baseTables(): Promise<readonly string[]>;
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
