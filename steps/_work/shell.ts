/** A place to execute: this machine or an ssh target. Both behave alike, so steps never ask which it is. */
import type { Duplex } from 'node:stream';
import type { Supervisor } from './supervisor/supervisor.ts';

export interface ExecOptions {
  /** Added to the place's environment; travels over stdin to a remote place, never on argv. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  stdin?: string | Uint8Array;
  /** Ends the process group: SIGTERM, killGraceMs, SIGKILL. */
  signal?: AbortSignal;
  /** Default 5,000. */
  killGraceMs?: number;
  onStdout?: (chunk: Uint8Array) => void;
  onStderr?: (chunk: Uint8Array) => void;
  /** Bytes kept of each stream (the last ones); default 1 MiB. */
  keepBytes?: number;
  /**
   * The exit counts, also where a process that the command left behind holds its output open: that one is not waited
   * for. Else both streams are read to their end, as whoever needs all of the output has to.
   */
  untilExit?: boolean;
}

/** Once the command has ended, its output counts as all when nothing more has come for so long. */
export const quietMs = 1_000;

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

/** The work was told to end and could not be proven ended: it may still be changing things. */
export class NotEnded extends Error {
  override readonly name = 'NotEnded';
}

/** The place was reached, but got no connection to the address: nobody has been spoken to. */
export class DialFailed extends Error {
  override readonly name = 'DialFailed';
}

export interface Shell {
  /** `local` or the ssh target's name. */
  readonly place: string;
  /**
   * Runs argv (no shell in between). A non-zero exit is a result. Throws TargetError when nothing was
   * started (unreachable, missing binary, missing cwd), ConnectionLost, NotEnded, or the abort reason once
   * the process is proven ended. With `untilExit`, a signal after the command's own end changes nothing of its result.
   */
  exec(argv: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>;
  /**
   * A TCP connection made from this place (direct-tcpip over ssh). Throws TargetError when the place itself
   * cannot be reached, DialFailed when it can and the address cannot.
   */
  dial(host: string, port: number): Promise<Duplex>;
  /** Where supervised work keeps its files; undefined: the XDG state folder of the place's user. */
  readonly stateDir?: string;
  /** A quicker way to supervise than over `exec`, where the place has one: see supervisorOf. */
  readonly supervisor?: Supervisor;
}

declare module '../../engine/step.ts' {
  interface Clients {
    shell: Shell;
  }
}
