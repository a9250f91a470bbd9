import type { FreezeClient } from '../../_kits/sql/freeze.ts';
import type { RestoreClient } from '../../_kits/sql/restore-kind.ts';

export interface MysqlClient extends RestoreClient, FreezeClient {
  /** `8.4.3`, `10.11.6-MariaDB`. */
  version(): Promise<string>;
  /** Names of the database's tables, views left out. */
  baseTables(): Promise<readonly string[]>;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    mysql: MysqlClient;
  }
}
