/** How a tool beside the engine (mysqldump, pg_dump) reaches the same server as the target does. */
import type { TargetContext } from '../../../engine/target.ts';
import type { SqlClient } from './client.ts';
import { isOwnMachine, type SqlConfig } from './config.ts';

export interface SqlAccess {
  /** The place the address is seen from. */
  readonly place: string;
  readonly config: SqlConfig;
  /** On this machine; null: the system's CAs. */
  readonly caFile: string | null;
  /** The secret's value: for a pipe, never for argv or a file. */
  password(): string;
}

export const accessOf = (ctx: TargetContext, config: SqlConfig): SqlAccess => ({
  place: ctx.via?.place ?? 'local',
  config,
  caFile: config.tls?.ca_file === undefined ? null : ctx.resolve(config.tls.ca_file),
  password: () => (config.password === undefined ? '' : ctx.reveal(config.password)),
});

/** A server whose databases a tool dumps and restores. */
export interface ToolClient extends SqlClient {
  readonly access: SqlAccess;
  /** What the server estimates the rows of the target's database to take, in bytes. */
  dataBytes(): Promise<number>;
}

/** Why a tool, a dump or a place does not serve. */
export interface Unfit {
  readonly what: string;
  readonly remedy: string;
}

/** Why this place cannot reach the server as the target does; null: it can. */
export const outOfReach = ({ place, caFile, config }: SqlAccess, runOn: string): Unfit | null => {
  const remedy = 'Run it on the place the target is reached via';
  if (runOn !== place && isOwnMachine(config))
    return { what: `the target's address is as seen from ${place}, the step runs on ${runOn}`, remedy };
  if (runOn !== 'local' && caFile !== null)
    return { what: `the target's CA file is on this machine, the step runs on ${runOn}`, remedy };
  return null;
};
