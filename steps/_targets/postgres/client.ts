import type { ToolClient } from '../../_kits/sql/access.ts';
import type { PostgresVersion } from './versions.ts';

/** How the server answered a login. */
export type LoginAnswer =
  | { readonly accepted: true }
  /** `barred`: the password was right, and the role may not log in. */
  | { readonly accepted: false; readonly barred: boolean; readonly said: string };

/** A base table by its schema and name. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export interface PostgresClient extends ToolClient {
  version(): Promise<PostgresVersion>;
  /** Of the target's database, without the server's own, temporary ones and those of extensions. */
  baseTables(): Promise<readonly TableName[]>;
  /** Logs in as somebody else, from where this target does, and leaves at once. Throws TargetError when nobody answers. */
  tryLogin(user: string, password: string): Promise<LoginAnswer>;
  /** The same server, with another database of it. */
  inDatabase(database: string): PostgresClient;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    postgres: PostgresClient;
  }
}
