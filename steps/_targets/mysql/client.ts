import type { ToolClient } from '../../_kits/sql/access.ts';
import type { FreezeClient } from '../../_kits/sql/freeze.ts';

export interface MysqlClient extends ToolClient, FreezeClient {
  /** `8.4.3`, `10.11.6-MariaDB`. */
  version(): Promise<string>;
  /** Names of the database's tables, views left out. */
  baseTables(): Promise<readonly string[]>;
  /** Ids of the sessions of this target's user, other than the asking one, whose default database this is. */
  ownSessionsIn(database: string): Promise<readonly string[]>;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    mysql: MysqlClient;
  }
}
