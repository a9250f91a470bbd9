import type { FreezeClient } from '../../_kits/sql/freeze.ts';
import type { RestoreClient } from '../../_kits/sql/restore-kind.ts';
import type { PostgresVersion } from './versions.ts';

/** A base table by its schema and name. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export interface PostgresClient extends RestoreClient, FreezeClient {
  version(): Promise<PostgresVersion>;
  /** Of the target's database, without the server's own, temporary ones and those of extensions. */
  baseTables(): Promise<readonly TableName[]>;
  /** The same server, with another database of it. */
  inDatabase(database: string): PostgresClient;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    postgres: PostgresClient;
  }
}
