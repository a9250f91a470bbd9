/** A place to execute: this machine or an ssh target. Both behave alike, so steps never ask which it is. */
import type { Duplex } from 'node:stream';

export interface ExecOptions {
  /** Added to the place's environment; travels over stdin to a remote place, never on argv. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  stdin?: string | Uint8Array;
  /** Ends the process group: SIGTERM, killGraceMs, SIGKILL. */
  signal?: AbortSignal;
  killGraceMs?: number;
  onStdout?: (chunk: Uint8Array) => void;
  onStderr?: (chunk: Uint8Array) => void;
  /** Bytes kept of each stream (the last ones); default 1 MiB. */
  keepBytes?: number;
}

export interface ExecResult {
  /** null: ended by a signal. */
  exitCode: number | null;
  signal: string | null;
  stdout: Uint8Array;
  stderr: Uint8Array;
  /** A stream outgrew keepBytes: its beginning is gone. */
  truncated: boolean;
}

/** The connection broke while a command ran: its outcome is unknown. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface Shell {
  /** `local` or the ssh target's name. */
  readonly place: string;
  /** Runs argv (no shell in between). A non-zero exit is a result; throws ConnectionLost, or the abort reason once the process is proven ended. */
  exec(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>;
  /** A TCP connection made from this place (direct-tcpip over ssh). */
  dial(host: string, port: number): Promise<Duplex>;
}

declare module '../../engine/step.ts' {
  interface Clients {
    shell: Shell;
  }
}
