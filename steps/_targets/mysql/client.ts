import type { SqlClient } from '../sql/client.ts';
import type { SqlConfig } from '../sql/config.ts';

/** How a tool beside the engine (mysqldump) reaches the same server. */
export interface MysqlAccess {
  /** The place the address is seen from. */
  readonly place: string;
  readonly config: SqlConfig;
  /** The secret's value: for a pipe, never for argv or a file. */
  password(): string;
}

export interface MysqlClient extends SqlClient {
  readonly access: MysqlAccess;
  /** `8.4.3`, `10.11.6-MariaDB`. */
  version(): Promise<string>;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    mysql: MysqlClient;
  }
}
