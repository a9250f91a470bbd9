import type { SqlClient } from '../../_kits/sql/client.ts';

declare module '../../../engine/step.ts' {
  interface Clients {
    postgres: SqlClient;
  }
}

export type PostgresClient = SqlClient;
