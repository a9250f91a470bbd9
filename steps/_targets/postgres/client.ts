import type { SqlClient } from '../sql/client.ts';

declare module '../../../engine/step.ts' {
  interface Clients {
    postgres: SqlClient;
  }
}

export type PostgresClient = SqlClient;
